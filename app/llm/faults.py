"""What is said when the endpoint gives no answer: one Chinese line each, what happened and what to do."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.llm.plain import plain
from app.settings import LlmSettings
from corpus.errors import EndpointError

_SAID = 80
_TOO_LARGE, _TOO_MANY = 413, 429


@dataclass(frozen=True)
class Faults:
    """The errors of one endpoint. None holds the key, nor more than 80 characters of what the server said."""

    settings: LlmSettings

    def unreachable(self) -> EndpointError:
        """No connection."""
        parts = urlsplit(self.settings.base_url or "")
        return EndpointError(f"连不上大模型接口 {parts.scheme}://{parts.netloc}；请确认服务已启动、地址和端口无误")

    def silent(self, begun: bool) -> EndpointError:
        """Nothing came for too long."""
        what = "写到一半停住了" if begun else "没有回应"
        return EndpointError(f"大模型超过 {self.settings.timeout:g} 秒{what}；可换小一些的模型，或调大 llm.timeout")

    def too_long(self) -> EndpointError:
        """The whole answer took too long."""
        return EndpointError(f"大模型超过 {self.settings.longest:g} 秒还没有写完；可换快一些的模型，或调大 llm.longest")

    def too_much(self, limit: int) -> EndpointError:
        """The answer did not end."""
        return EndpointError(f"大模型写得没完没了，不理会最多 {limit} token 的限制")

    def cut(self) -> EndpointError:
        """The connection broke before the end."""
        return EndpointError("大模型的回答中途断开；请看接口的日志")

    def empty(self, thought: bool) -> EndpointError:
        """No text came."""
        if thought:
            return EndpointError("大模型只写了思考过程，没有写出答案；可调大 llm.limit，或关掉模型的思考")
        return EndpointError("大模型的回答是空的")

    def withheld(self) -> EndpointError:
        """The endpoint's own filter stopped the answer."""
        return EndpointError("大模型接口以内容审查为由中止了回答")

    def foreign(self, said: object) -> EndpointError:
        """The answer is not of the protocol."""
        return EndpointError(f"接口的回答不是 OpenAI 格式{self._quoted(said)}；请检查 base_url，一般以 /v1 结尾")

    def failed(self, said: object) -> EndpointError:
        """The endpoint reports an error in the middle of a stream."""
        return EndpointError(f"大模型接口报错{self._quoted(said)}；请看它的日志")

    def refused(self, status: int, said: object) -> EndpointError:
        """The endpoint answered with an HTTP error."""
        told = f"（{status}）{self._quoted(said)}"
        if status in (401, 403):
            # What a server says of a wrong key often holds a part of it.
            return EndpointError(f"大模型接口不认这个密钥（{status}）；请检查 llm.api_key")
        if status == 404:
            model = self.settings.model
            return EndpointError(
                f"接口没有这个地址或模型“{model}”{told}；请检查 model 和 base_url，后者一般以 /v1 结尾"
            )
        if status == _TOO_MANY:
            return EndpointError(f"大模型接口正忙或额度已用完{told}；请稍后再试")
        if status >= 500:
            return EndpointError(f"大模型接口内部出错{told}；请看它的日志")
        if status < 400:
            return EndpointError(f"大模型接口要转到别的地址（{status}）；请把 base_url 写成最终的地址")
        hint = "；可能超出了模型的上下文，可调小 llm.context" if status in (400, _TOO_LARGE) else ""
        return EndpointError(f"大模型接口不接受这个请求{told}{hint}")

    def _quoted(self, said: object) -> str:
        """What the server said, in one line of at most 80 characters, without the key, and with nothing live in it."""
        shown = (sign for sign in _message(said) if sign in "\n\t" or not unicodedata.category(sign).startswith("C"))
        # Once more behind plain(), which may join what stood apart.
        line = " ".join(self._keyless(plain(self._keyless("".join(shown)))).split())
        return f"：{line[: _SAID - 1]}…" if len(line) > _SAID else f"：{line}" if line else ""

    def _keyless(self, text: str) -> str:
        if not self.settings.api_key:
            return text
        # Wherever blanks break it up.
        return re.sub(r"\s*".join(map(re.escape, self.settings.api_key.get_secret_value())), "***", text)


def _message(said: object) -> str:
    """The message in the body of an error, in the shapes that servers give it."""
    if isinstance(said, bytes):
        return said.decode("utf-8", "replace")
    if isinstance(said, dict):
        for name in ("message", "error", "detail", "msg"):
            if said.get(name):
                return _message(said[name])
        return ""
    if isinstance(said, list) and said:
        return _message(said[0])
    return said if isinstance(said, str) else ""

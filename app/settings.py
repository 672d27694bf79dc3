"""Settings (设置): a file, ANWEN_… environment variables, and command-line options, composed once."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from corpus.errors import SettingsError
from corpus.load import bundled_folder

_FILE = "anwen.toml"
#: Six months, the shortest that 网络安全法 allows for network logs.
SHORTEST_DAYS = 180


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CorpusSettings(_Section):
    """Where the notices lie."""

    folders: list[Path] = Field(default_factory=list, description="更多的通知文件夹")
    bundled: bool = Field(default=True, description="是否包括随程序提供的通知")

    def all_folders(self) -> list[Path]:
        """The bundled folder, when wanted, and the folders named."""
        return [*([bundled_folder()] if self.bundled else []), *(folder.expanduser() for folder in self.folders)]


class EmbeddingSettings(_Section):
    """The embedding model."""

    model: str = Field(default="embedded", min_length=1, description="embedded，或本机 sentence-transformers 模型目录")
    threads: int | None = Field(default=None, ge=1, le=256, description="向量计算的线程数；默认由引擎决定")


class RetrievalSettings(_Section):
    """Search."""

    lexicon: Path | None = Field(default=None, description="自己的口语词表（CSV），加在自带词表之后")


class ServerSettings(_Section):
    """The page."""

    host: str = Field(default="127.0.0.1", description="监听地址；默认只限本机")
    port: int = Field(default=7860, ge=1, le=65535, description="端口")
    login: Literal["auto", "always"] = Field(
        default="auto", description="auto：监听地址不限本机时须登录；always：总须登录（例如在反向代理之后）"
    )
    idle_hours: float = Field(default=8, gt=0, le=168, description="登录后多少小时不用即须重新登录")
    session_hours: float = Field(default=24, gt=0, le=168, description="登录后最多多少小时须重新登录")
    tls_cert: Path | None = Field(default=None, description="https 证书文件（PEM，连同中间证书）；与 tls_key 同设")
    tls_key: Path | None = Field(default=None, description="https 私钥文件（PEM，没有口令）")

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert 和 tls_key 须同时写上，才能用 https")
        return self


def _checked_days(days: int) -> int:
    """How long the log is kept: as long as the law asks for at least, if it is deleted at all."""
    if 0 < days < SHORTEST_DAYS:
        raise ValueError(f"网络安全法要求网络日志留存不少于六个月；请写 0（不删除）或不小于 {SHORTEST_DAYS} 的天数")
    return days


class AuditSettings(_Section):
    """The audit log."""

    enabled: Literal["auto", "on", "off"] = Field(
        default="auto", description="审计日志；auto：须登录时记录；on：总记录；off：不记录"
    )
    keep_days: Annotated[int, AfterValidator(_checked_days)] = Field(
        default=0, ge=0, le=36500, description="审计日志保存多少天，到期按月删除；0 为不删除"
    )


def _checked_url(url: str | None) -> str | None:
    """The address without what people copy along with it; a name and password in it would be shown with it."""
    url = (url or "").strip().rstrip("/").removesuffix("/chat/completions")
    if not url:
        return None
    if not (url.isascii() and url.isprintable() and " " not in url):
        raise ValueError("地址中有空格、汉字或全角字符")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("应以 http:// 或 https:// 开头，例如 http://127.0.0.1:11434/v1")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("地址中不能有用户名、密码、? 或 #；密钥请写在 api_key")
    if parts.port == 0:  # reading it also refuses what is no port
        raise ValueError("端口不能是 0")
    return url


def _checked_key(key: SecretStr | None) -> SecretStr | None:
    """The key as it can stand in a header; what is wrong is said without it."""
    plain = key.get_secret_value().strip() if key else ""
    if not (plain.isascii() and plain.isprintable() and " " not in plain):
        raise ValueError("密钥中有空格、换行、汉字或全角字符")
    return SecretStr(plain) if plain else None


class LlmSettings(_Section):
    """The LLM endpoint, anything that speaks the protocol of OpenAI; without an address there is none."""

    model_config = ConfigDict(hide_input_in_errors=True, str_strip_whitespace=True)

    base_url: Annotated[str | None, AfterValidator(_checked_url)] = Field(
        default=None, description="接口地址，一般以 /v1 结尾；不写即不用大模型"
    )
    model: str = Field(default="", max_length=200, description="模型名")
    api_key: Annotated[SecretStr | None, AfterValidator(_checked_key)] = Field(
        default=None, description="密钥；不会显示，也不会写进日志和报告"
    )
    timeout: float = Field(default=60, gt=0, le=3600, description="多少秒没有收到新内容就放弃")
    longest: float = Field(default=180, gt=0, le=3600, description="一次回答最多写多少秒")
    context: int = Field(default=8192, ge=1024, le=10_000_000, description="模型的上下文长度（token）")
    limit: int = Field(default=600, ge=16, le=100_000, description="一次回答最多多少 token")
    temperature: float = Field(default=0, ge=0, le=2, description="随机程度；0 为同问同答")
    mode: Literal["auto", "extractive", "llm"] = Field(
        default="auto", description="auto：有接口即由模型整理；extractive：只用原文摘录；llm：必须有接口"
    )
    editable: bool | None = Field(default=None, description="网页上可否另设接口；默认仅在只限本机时可以")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.base_url and not self.model:
            raise ValueError("有 base_url 而没有 model；请写上模型名")
        if self.mode == "llm" and not self.base_url:
            raise ValueError("mode 为 llm 而没有 base_url；请写上接口地址")
        if self.limit >= self.context:
            raise ValueError("limit 应小于 context")
        return self

    @property
    def writes(self) -> bool:
        """Whether answers are written by the model unless a question says otherwise."""
        return self.base_url is not None and self.mode != "extractive"

    @property
    def leaves_machine(self) -> bool:
        """Whether questions and clauses are sent to another machine."""
        return self.base_url is not None and not _is_loopback(urlsplit(self.base_url).hostname or "")

    def may_be_set(self, host: str) -> bool:
        """Whether a page that listens on this address may set an endpoint for its session."""
        return _is_loopback(host) if self.editable is None else self.editable


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Settings(BaseSettings):
    """All settings of the program."""

    model_config = SettingsConfigDict(
        env_prefix="ANWEN_", env_nested_delimiter="__", extra="forbid", hide_input_in_errors=True
    )

    data_dir: Path | None = Field(default=None, description="数据目录（索引放在其中）")
    corpus: CorpusSettings = Field(default_factory=CorpusSettings)
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    llm: LlmSettings = Field(default_factory=LlmSettings)
    audit: AuditSettings = Field(default_factory=AuditSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options come first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=settings_file())

    def index_root(self) -> Path:
        """The folder of all index builds, in the data directory."""
        return self.data_root() / "index"

    def data_root(self) -> Path:
        """The data directory: as set, ./.anwen in a checkout, else the platform's user data directory."""
        if self.data_dir is not None:
            return self.data_dir.expanduser()
        checkout = Path(__file__).resolve().parent.parent
        if (checkout / "pyproject.toml").is_file() and (checkout / "Makefile").is_file():
            return checkout / ".anwen"
        return user_data_path("anwen", appauthor=False)


def settings_file() -> Path:
    """The settings file: ANWEN_CONFIG, else anwen.toml in the working directory."""
    return Path(os.environ.get("ANWEN_CONFIG") or _FILE)


def load_settings(**options: Any) -> Settings:
    """Compose the settings.

    Args:
        options: what the command line sets, by section.

    Raises:
        SettingsError: a value is wrong, a name is unknown, or the file cannot be read.
    """
    named = os.environ.get("ANWEN_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError(f"设置文件“{named}”不存在；请改正环境变量 ANWEN_CONFIG")
    try:
        return Settings(**options)
    except ValidationError as error:
        raise SettingsError(f"{_wrong(error)}；请在 {_FILE} 或环境变量中改正") from error
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError, ValueError) as error:
        raise SettingsError(f"设置文件“{settings_file()}”读不懂（{error}）；请按 TOML 格式改正") from error


def llm_settings(**values: Any) -> LlmSettings:
    """An endpoint as somebody sets it for a session, checked like the settings file.

    Args:
        values: fields of LlmSettings.

    Raises:
        SettingsError: a value is wrong.
    """
    try:
        return LlmSettings(**values)
    except ValidationError as error:
        raise SettingsError(f"{_wrong(error, 'llm')}；请改正") from error


def _wrong(error: ValidationError, *section: str) -> str:
    """Say which setting is wrong; what may be a key (in the section llm, or under a wrong name) is not shown."""
    fault = error.errors()[0]
    where = [*section, *(str(part) for part in fault["loc"])]
    name = ".".join(where)
    if fault["type"] == "extra_forbidden":
        return f"没有设置“{name}”"
    shown = "" if where[:1] == ["llm"] else f"“{fault.get('input')}”"
    return f"设置“{name}”的值{shown}不对（{fault['msg'].removeprefix('Value error, ')}）"

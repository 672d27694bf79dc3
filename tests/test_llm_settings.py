"""The section llm of the settings: checked at the door, and the key shown nowhere."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from app.settings import LlmSettings, Settings, llm_settings, load_settings
from corpus.errors import SettingsError

KEY = "sk-Geheim-0123456789abcdef"


def test_nothing_set() -> None:
    """No endpoint by default: nothing is written by a model."""
    plain = load_settings().llm
    assert (plain.base_url, plain.model, plain.api_key, plain.mode, plain.writes) == (None, "", None, "auto", False)
    assert (plain.timeout, plain.longest, plain.context, plain.limit, plain.temperature) == (60, 180, 8192, 600, 0)


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field by its ANWEN_LLM__… variable."""
    for name, value in {"BASE_URL": " http://10.1.2.3:8000/v1/ ", "MODEL": "qwen", "API_KEY": f"{KEY}\n"}.items():
        monkeypatch.setenv(f"ANWEN_LLM__{name}", value)
    for name, value in {"TIMEOUT": "5.5", "CONTEXT": "1024", "MODE": "extractive", "EDITABLE": "true"}.items():
        monkeypatch.setenv(f"ANWEN_LLM__{name}", value)
    held = load_settings().llm
    assert (held.base_url, held.model, held.timeout, held.context) == ("http://10.1.2.3:8000/v1", "qwen", 5.5, 1024)
    assert (held.mode, held.editable, held.writes) == ("extractive", True, False)
    assert held.api_key is not None
    assert held.api_key.get_secret_value() == KEY


def test_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The section [llm] of anwen.toml; the environment stands above it, field by field."""
    path = tmp_path / "anwen.toml"
    path.write_text('[llm]\nbase_url = "http://a/v1"\nmodel = "甲"\ntimeout = 7\n', encoding="utf-8")
    monkeypatch.setenv("ANWEN_CONFIG", str(path))
    monkeypatch.setenv("ANWEN_LLM__MODEL", "乙")
    held = load_settings().llm
    assert (held.base_url, held.model, held.timeout, held.writes) == ("http://a/v1", "乙", 7, True)


ADDRESSES = [
    ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
    ("https://api.deepseek.com/v1/", "https://api.deepseek.com/v1"),
    ("http://[::1]:8000/v1/chat/completions", "http://[::1]:8000/v1"),
    ("", None),
    ("  ", None),
]


@pytest.mark.parametrize(("given", "held"), ADDRESSES)
def test_addresses(given: str, held: str | None) -> None:
    """An address as people copy it."""
    assert LlmSettings(base_url=given, model="m").base_url == held


WRONG = [
    ("BASE_URL", "ftp://host/v1", "llm.base_url", "http://"),
    ("BASE_URL", "127.0.0.1:8000/v1", "llm.base_url", "http://"),
    ("BASE_URL", "http://", "llm.base_url", "http://"),
    ("BASE_URL", f"http://user:{KEY}@host/v1", "llm.base_url", "密码"),
    ("BASE_URL", f"http://host/v1?key={KEY}", "llm.base_url", "api_key"),
    ("BASE_URL", f"http://host/v1#{KEY}", "llm.base_url", "api_key"),
    ("BASE_URL", "http://host：8000/v1", "llm.base_url", "全角"),
    ("BASE_URL", "http://host:99999/v1", "llm.base_url", "不对"),
    ("BASE_URL", "http://host:0/v1", "llm.base_url", "端口"),
    ("BASE_URL", "file:///etc/passwd", "llm.base_url", "http://"),
    ("BASE_URL", "http://host/v1", "llm", "model"),
    ("API_KEY", f"{KEY} {KEY}", "llm.api_key", "空格"),
    ("API_KEY", f"密{KEY}", "llm.api_key", "汉字"),
    ("API_KEYS", KEY, "llm.api_keys", "没有设置"),
    ("TIMEOUT", "0", "llm.timeout", "不对"),
    ("TIMEOUT", "nan", "llm.timeout", "不对"),
    ("LONGEST", KEY, "llm.longest", "不对"),
    ("CONTEXT", "1023", "llm.context", "不对"),
    ("LIMIT", "9000", "llm", "limit"),
    ("TEMPERATURE", "3", "llm.temperature", "不对"),
    ("MODE", KEY, "llm.mode", "不对"),
    ("MODE", "llm", "llm", "base_url"),
    ("EDITABLE", "也许", "llm.editable", "不对"),
]


@pytest.mark.parametrize(("name", "value", "named", "said"), WRONG)
def test_wrong_values(name: str, value: str, named: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line of Chinese that names the setting; the key, set or mistaken for something else, is not in it."""
    monkeypatch.setenv("ANWEN_LLM__API_KEY", KEY)
    monkeypatch.setenv(f"ANWEN_LLM__{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    line = str(caught.value)
    assert f"“{named}”" in line
    assert said in line
    assert "\n" not in line
    assert "Value error" not in line
    assert KEY not in "".join(traceback.format_exception(caught.value))


FILES = [
    f'[llm]\napi_key = ["{KEY}"]\n',
    f'[llm]\nbase_url = "x"\napi_key = "{KEY}"\n',
    f'[llm]\nbase_url = "http://a/v1"\napi_key = "{KEY}"\n',
    f'[llm]\napikey = "{KEY}"\n',
    f'[llm.api_key]\nvalue = "{KEY}"\n',
    f'llm = "{KEY}"\n',
    f'api_key = "{KEY}"\n',
    f'[server]\napi_key = "{KEY}"\n',
    f'[openai]\napi_key = "{KEY}"\n',
    f'[llm]\napi_key = "{KEY}"\napi_key = "{KEY}"\n',
    f'[llm]\napi_key = "{KEY}\n',
    f"[llm]\napi_key = {KEY}\n",
]


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_a_key_in_the_wrong_place_is_not_shown(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with a key under a wrong name, of a wrong type, or broken: an error that does not repeat the key."""
    path = tmp_path / "anwen.toml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("ANWEN_CONFIG", str(path))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert "\n" not in str(caught.value)


def test_broken_json_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole section as one variable, and not JSON."""
    monkeypatch.setenv("ANWEN_LLM", f'{{"api_key": "{KEY}"')
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_the_key_is_not_shown() -> None:
    """In no form that settings are written in."""
    held = Settings(llm=LlmSettings(api_key=KEY))
    assert KEY not in repr(held) + str(held) + held.model_dump_json() + str(held.model_dump()) + f"{held.llm!r:>9}"
    assert held.llm.api_key is not None
    assert held.llm.api_key.get_secret_value() == KEY


def test_for_a_session() -> None:
    """What the page sets goes through the same checks, and says the setting by its full name."""
    assert llm_settings(base_url="http://a/v1", model="m", api_key="").api_key is None
    with pytest.raises(SettingsError, match=r"llm\.timeout"):
        llm_settings(timeout=-1, api_key=KEY)
    with pytest.raises(SettingsError) as caught:
        llm_settings(base_url="http://a/v1", api_key=KEY)
    assert "“llm”" in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("editable", "host", "may"),
    [
        (None, "127.0.0.1", True),
        (None, "127.8.8.8", True),
        (None, "::1", True),
        (None, "localhost", True),
        (None, "0.0.0.0", False),
        (None, "::", False),
        (None, "10.0.0.7", False),
        (None, "localhost.example", False),
        (True, "0.0.0.0", True),
        (False, "127.0.0.1", False),
    ],
)
def test_who_may_set_an_endpoint(editable: bool | None, host: str, may: bool) -> None:
    """Only a page for this machine alone, unless it is said otherwise."""
    assert LlmSettings(editable=editable).may_be_set(host) is may

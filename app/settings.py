"""Settings (设置): a file, ANWEN_… environment variables, and command-line options, composed once."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from corpus.errors import SettingsError
from corpus.load import bundled_folder

_FILE = "anwen.toml"


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


class Settings(BaseSettings):
    """All settings of the program."""

    model_config = SettingsConfigDict(env_prefix="ANWEN_", env_nested_delimiter="__", extra="forbid")

    data_dir: Path | None = Field(default=None, description="数据目录（索引放在其中）")
    corpus: CorpusSettings = Field(default_factory=CorpusSettings)
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)

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
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"设置“{name}”的值“{first.get('input')}”不对（{first['msg']}）；请在 {_FILE} 或环境变量中改正"
        ) from error
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError, ValueError) as error:
        raise SettingsError(f"设置文件“{settings_file()}”读不懂（{error}）；请按 TOML 格式改正") from error

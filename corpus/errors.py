"""The project's error tree: every error carries one Chinese line for the user, what happened and what to do.

AnwenError
├── CorpusError      the notices cannot be read
│   └── EmptyCorpusError  there is none
├── IndexStoreError  the index cannot be built or opened
│   └── ModelError   the embedding model cannot be loaded
├── SettingsError    a setting has a wrong value
├── QuestionError    a question (or a history file) cannot be taken
├── PromptError      a prompt file is not as declared
├── FeedbackError    a verdict on an answer cannot be kept, read or handed on
├── AccessError      a user, password or the users file cannot be taken
└── EndpointError    the LLM endpoint does not give an answer
"""

from __future__ import annotations


class AnwenError(Exception):
    """Base of all errors that the user is told of; str(error) is the Chinese line."""


class CorpusError(AnwenError):
    """The folder of notices cannot be read."""


class EmptyCorpusError(CorpusError):
    """The folders of notices can be read, and hold none."""


class IndexStoreError(AnwenError):
    """The index cannot be built or opened."""


class ModelError(IndexStoreError):
    """The embedding model cannot be loaded."""


class SettingsError(AnwenError):
    """A setting has a wrong value."""


class QuestionError(AnwenError):
    """A question, or what came with it, cannot be taken."""


class PromptError(AnwenError):
    """A prompt file is missing, or its placeholders are not those declared."""


class FeedbackError(AnwenError):
    """A verdict on an answer cannot be kept, read or handed on."""


class AccessError(AnwenError):
    """A user, a password or the users file cannot be taken, or a login is required and nobody can log in."""


class EndpointError(AnwenError):
    """The LLM endpoint cannot be reached, is too slow, refuses, or answers with what is no answer."""

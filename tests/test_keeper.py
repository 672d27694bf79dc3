"""What is kept for a page over a reload: nobody else's, bounded, and nothing for a token that is none."""

from __future__ import annotations

from app.web.conversation import KEPT_EXCHANGES, Conversation, Exchange
from app.web.keeper import KEPT_FOR_USER, KEPT_PAGES, Keeper

TOKEN, OTHER = "0" * 31 + "a", "f" * 32
TALK = Conversation((Exchange(1, "问", "答"),))


def test_what_was_kept_is_there_again() -> None:
    keeper = Keeper()
    keeper.keep_talk(None, TOKEN, TALK)
    keeper.keep_values(None, TOKEN, ("泽州县", 2024, True))
    assert keeper.recall(None, TOKEN).talk == TALK
    assert keeper.recall(None, TOKEN).values == ("泽州县", 2024, True)
    assert keeper.recall(None, OTHER).talk == Conversation()


def test_a_page_belongs_to_its_user() -> None:
    keeper = Keeper()
    keeper.keep_talk("张三", TOKEN, TALK)
    assert keeper.recall("张三", TOKEN).talk == TALK
    assert keeper.recall("李四", TOKEN).talk == Conversation()
    assert keeper.recall(None, TOKEN).talk == Conversation()


def test_only_a_real_token_keeps_anything() -> None:
    keeper = Keeper()
    for token in ("", "a", "0" * 33, "G" * 32, TOKEN + "\n", "../" + "0" * 29):
        keeper.keep_talk(None, token, TALK)
        assert keeper.recall(None, token).talk == Conversation()


def test_the_memory_is_bounded() -> None:
    keeper = Keeper()
    for number in range(KEPT_PAGES + 1):
        keeper.keep_talk(None, f"{number:032x}", TALK)
    assert keeper.recall(None, f"{0:032x}").talk == Conversation()
    assert keeper.recall(None, f"{1:032x}").talk == TALK
    keeper.keep_values(None, f"{1:032x}", ("长" * 1000,))
    assert keeper.recall(None, f"{1:032x}").values == ("长" * 500,)


def test_one_user_pushes_out_nobody_else_s_pages() -> None:
    keeper = Keeper()
    keeper.keep_talk("张三", TOKEN, TALK)
    for number in range(KEPT_PAGES + 1):
        keeper.keep_talk("李四", f"{number:032x}", TALK)
    assert keeper.recall("张三", TOKEN).talk == TALK
    kept = [n for n in range(KEPT_PAGES + 1) if keeper.recall("李四", f"{n:032x}").talk == TALK]
    assert kept == list(range(KEPT_PAGES + 1 - KEPT_FOR_USER, KEPT_PAGES + 1))


def test_what_a_long_conversation_loses_is_said() -> None:
    talk = Conversation()
    for number in range(1, KEPT_EXCHANGES + 3):
        talk = talk.with_exchange(Exchange(number, f"问{number}", "答"))
    first, second = talk.messages()[:2]
    assert first["content"].startswith("（更早的 2 个问答已移出页面，也不在导出的文件中")
    assert second == {"role": "user", "content": "问3"}
    assert len(talk.messages()) == 2 * KEPT_EXCHANGES + 1
    assert TALK.messages()[0]["content"] == "问"

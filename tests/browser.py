"""The real page in a real Chromium: a scripted service, a server in a thread, a browser that cannot go out."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Dialog, Page, Request, expect, sync_playwright

from app.access.access import Access
from app.desk import Desk
from app.explain import AskedNotice, Explanation, Line, ScoredPassage, ScorePart
from app.feedback.store import FeedbackStore
from app.inventory import take_inventory
from app.llm.model import Done, Event, Extracted, LanguageModel, Written
from app.model import Answer, AnswerScope, Citation, Inquiry, Overview, Provision, Status
from app.settings import LlmSettings, Settings
from app.web.asking import Service
from app.web.serve import create_app, listen
from corpus.errors import QuestionError
from corpus.model import Document, Level, Responsibility, Source, Unit, UnitKind
from retrieval.lexicon import bundled_lexicon

BROWSER_ARGS = (
    "--no-sandbox",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
#: Milliseconds that a test waits for what must come: a loaded machine takes many times what a free one does.
PATIENCE = 40_000
expect.set_options(timeout=PATIENCE)
_CHROMIUM = os.environ.get("ANWEN_CHROMIUM")  # read now, for conftest clears the ANWEN_ variables
HOSTILE = '<script>window.__pwned=1</script><img src=x onerror="window.__pwned=1">![图](http://evil.example/a.png)'
HOSTILE += "${alert(1)}{{value}}[链接](javascript:alert(1))https://evil.example"

GAS_QUOTE = "扎实排查治理商住混合体、餐饮场所、农贸市场等燃气使用事故隐患。"
DUTY_QUOTE = (
    "企业厂矿（车间）要日检日查、立查立改；企业主要负责人每周至少深入现场开展1次安全风险隐患排查，"
    "主体集团公司党委书记、董事长、总经理每月带队检查下属公司至少2次。"
)
HOUSE_QUOTE = "自建房转为经营用途的，必须取得相关审批手续和房屋安全鉴定合格证明。"
_RECEIVED_GAS = (
    "燃(ran)(ran)氣(qi)(qi)領(ling)域專項整治。強化城(cheng)鎮(zhen)燃(ran)(ran)氣(qi)(qi)企業運行安(an)全。"
    "鞏固提升(sheng)城(cheng)鎮(zhen)燃(ran)(ran)氣(qi)(qi)安(an)全專項整治集中攻堅成效……"
)
_PROVISO = Responsibility(
    text="", units=("各乡镇人民政府",), role="负责", start=0, end=9, whole=True, inherited_from="一、（一）"
)


def _provision(unit: Unit, region: str, title: str, date: str, received: str = "") -> Provision:
    document = Document(
        notice=unit.notice, title=title, region=region, level=Level.COUNTY, date=date, year=int(date[:4]),
        units=(unit,), file=unit.source.file,
    )  # fmt: skip
    return Provision(unit=unit, document=document, received=received or unit.text)


def _unit(notice: str, path: tuple[str, str], text: str, source: Source, *duties: Responsibility) -> Unit:
    return Unit(
        kind=UnitKind.CLAUSE, notice=notice, path=path, label="".join(path), heading=text.partition("。")[0], text=text,
        runs=((source.start, source.end),), source=source, responsibilities=duties,
    )  # fmt: skip


def _duty(lead: tuple[str, ...], others: tuple[str, ...], role: str = "分工负责", end: int = 0) -> Responsibility:
    return Responsibility(
        text="（…）", units=(*lead, *others), lead=lead, role=role, start=0, end=end or 9, whole=not end
    )


ZEZHOU, GAOPING, SHANXI = "泽政发〔2024〕1号", "高政发〔2024〕1号", "晋政发〔2024〕1号"
_ZEZHOU_FILE, _SHANXI_FILE = "000_985837cca4013152.txt", "003_952b47eb2ec0cef5.txt"
_ZEZHOU_TITLE = "泽州县人民政府关于做好2024年安全生产工作的通知"
_GAS = (
    "燃气领域专项整治。强化城镇燃气企业运行安全。巩固提升城镇燃气安全专项整治集中攻坚成效，继续实施燃气老旧管网改造，"
    "构建燃气风险管控和隐患排查治理双重预防机制。深化液化石油气安全整治，加强城镇燃气及气瓶、燃气具及配件市场治理整顿。"
)
_DUTY = (
    "依法落实企业主体责任。全面加强企业上级公司的监管力度，出台企业上级公司安全监管的具体办法。严格落实安全生产第一责任人责任，"
    "全面推行履职尽责承诺。依法设置安全管理机构，配备安全总监、专兼职安全管理人员和注册安全工程师。足额提取使用安全生产费用。"
)
_HOUSE = (
    "加强安全管理，强化日常检查，深入推进隐患整治。经营性自建房新改扩建必须依法办理审批手续。严禁违规加层加盖。"
    "装饰装修不得擅自变动建筑主体和承重结构。"
)
_AGENCIES = ("县行政审批服务管理局", "县公安局", "县自然资源局", "县应急管理局", "县消防救援大队")
PROVISIONS = (
    _provision(
        _unit(ZEZHOU, ("三、", "（十七）"), _GAS + GAS_QUOTE, Source(file=_ZEZHOU_FILE, start=5340, end=5529),
              _duty((), ("县住房和城乡建设管理局", "县工业和信息化局", "县应急管理局", "县市场监督管理局")), _PROVISO),
        "泽州县", _ZEZHOU_TITLE, "2024-04-11",
    ),
    _provision(
        _unit(ZEZHOU, ("一、", "（四）"), _DUTY + DUTY_QUOTE, Source(file=_ZEZHOU_FILE, start=1572, end=1912),
              _duty((), ("负有安全监管职责的部门",), "督促企业落实", end=45), _PROVISO),
        "泽州县", _ZEZHOU_TITLE, "2024-04-11",
    ),
    _provision(
        _unit(SHANXI, ("三、", "（十六）"), _GAS, Source(file=_SHANXI_FILE, start=16650, end=17105),
              _duty((), ("省住建厅", "省商务厅", "省应急厅", "省市场监管局"))),
        "山西省", "", "2024-01-20", _RECEIVED_GAS,
    ),
    _provision(
        _unit(ZEZHOU, ("三、", "（十六）"), "经营性自建房领域专项整治。" + _HOUSE + HOUSE_QUOTE,
              Source(file=_ZEZHOU_FILE, start=5139, end=5334),
              _duty(("县住房和城乡建设管理局",), _AGENCIES), _PROVISO),
        "泽州县", _ZEZHOU_TITLE, "2024-04-11",
    ),
    _provision(
        _unit(GAOPING, ("三、", "（十六）"), "经营性自建房。" + _HOUSE, Source(file=HOSTILE, start=5257, end=5430)),
        "高平市", "高平市人民政府关于做好2024年安全生产工作的通知", "2024-02-04", HOSTILE,
    ),
)  # fmt: skip


def citation(n: int, provision: Provision, quote: str) -> Citation:
    """Cite a provision."""
    unit, document = provision.unit, provision.document
    return Citation(
        n=n, notice=unit.notice, label=unit.label, heading=unit.heading, quote=quote, clause_text=unit.text,
        region=document.region, year=document.year, source=unit.source,
    )  # fmt: skip


_ZEZHOU_SCOPE = AnswerScope(regions=("泽州县",), years=(2024,), why="问题未写年份，取最新一年")
_GAS_TEXT = (
    "泽州县、山西省的现行通知**未规定**燃气检查频次。燃气条款只要求：“" + GAS_QUOTE + "”[1] 省里的要求见[3]。\n\n"
    "对所有企业，泽州县2024年通知规定：“" + DUTY_QUOTE + "”[2]"
)
_HOUSE_TEXT = "“" + HOUSE_QUOTE + "”[1]\n\n- 文号：泽政发〔2024〕1号 三、（十六）\n- 地区：泽州县，2024年"
_TABLE_TEXT = (
    "各方规定对照如下：\n\n| 地区和年份 | 规定 | 出处 |\n| --- | --- | --- |\n"
    f"| 泽州县2024年 | 「{HOUSE_QUOTE}」 | {ZEZHOU} 三、（十六）[1] |\n"
    f"| 高平市2024年 | 「严禁违规加层加盖。」 | {GAOPING} 三、（十六）[2] |"
)
CANNED = (
    ("不同", Status.ANSWERED, _TABLE_TEXT, ((3, HOUSE_QUOTE), (4, "严禁违规加层加盖。"))),
    ("燃气", Status.NOT_STIPULATED, _GAS_TEXT, ((0, GAS_QUOTE), (1, DUTY_QUOTE), (2, "强化城镇燃气企业运行安全。"))),
    ("自建房", Status.ANSWERED, _HOUSE_TEXT, ((3, HOUSE_QUOTE),)),
    ("注入", Status.ANSWERED, HOSTILE + "[1]", ((4, "严禁违规加层加盖。"),)),
)


def explanation(question: str) -> Explanation:
    """Why the answer to a question came out so, with the question itself in it."""
    parts = (ScorePart(name="语义", value=0.91), ScorePart(name="字面", value=1.0), ScorePart(name="标题", value=0.46))
    return Explanation(
        reading=(
            Line(label="接上文补全为", value=question),
            Line(label="地区", value="泽州县 → 晋城市 → 山西省"),
            Line(label="问的是", value="频次"),
        ),
        notices=(
            AskedNotice(notice=ZEZHOU, tier="所问通知", region="泽州县", year=2024),
            AskedNotice(notice=SHANXI, tier="上级通知", region="山西省", year=2024),
        ),
        passages=(
            ScoredPassage(
                notice=ZEZHOU, label="三、（十七）", heading="燃气领域", tier="所问通知", score=0.86, parts=parts
            ),
        ),
    )


def desk_of(documents: Sequence[Document], texts: Mapping[str, str] | None = None) -> Desk:
    """A desk over documents, with the text of their files."""
    return Desk(
        documents,
        (texts or {}).get,
        lambda: take_inventory(documents, None, Settings(data_dir=Path())),
        bundled_lexicon(),
    )


@dataclass
class ScriptedService:
    """A service with canned answers that keeps what it was asked; “出错” and “崩溃” raise."""

    inquiries: list[Inquiry] = field(default_factory=list)
    desk: Desk = field(default_factory=lambda: desk_of(()))

    def ask(self, inquiry: Inquiry) -> Answer:
        """Answer by the first key word that the question holds."""
        self.inquiries.append(inquiry)
        if "出错" in inquiry.question:
            raise QuestionError("索引正在重建；请稍候再问")
        if "崩溃" in inquiry.question:
            raise RuntimeError("secret detail")
        for word, status, text, cited in CANNED:
            if word in inquiry.question:
                citations = tuple(citation(n, PROVISIONS[at], quote) for n, (at, quote) in enumerate(cited, start=1))
                return Answer(
                    question=inquiry.question, status=status, text=text, citations=citations, scope=_ZEZHOU_SCOPE,
                    timings_ms={"retrieve": 21.4, "compose": 1.6}, explanation=explanation(inquiry.question),
                )  # fmt: skip
        text = "这个问题不在已收录的安全生产通知范围内。"
        return Answer(question=inquiry.question, status=Status.OUT_OF_SCOPE, text=text, timings_ms={"total": 3.2})

    def write(self, inquiry: Inquiry, model: LanguageModel) -> Iterator[Event]:
        """Answer with what was excerpted."""
        answer = self.ask(inquiry)
        yield Extracted(answer=answer)
        yield Done(answer=answer, written=Written(model=model.name))

    def overview(self) -> Overview:
        """Tell of the five notices."""
        regions = ("山西省", "临汾市", "泽州县", "高平市")
        return Overview(regions=regions, years=(2024, 2023), documents=9, clauses=185)

    def provision(self, notice: str, label: str) -> Provision | None:
        """Find a canned provision."""
        return next((one for one in PROVISIONS if (one.unit.notice, one.unit.label) == (notice, label)), None)


@dataclass
class SlowService(ScriptedService):
    """“慢” is answered only when the test lets it."""

    may_answer: threading.Event = field(default_factory=threading.Event)

    def ask(self, inquiry: Inquiry) -> Answer:
        """Answer, if need be later."""
        if "慢" in inquiry.question:
            self.may_answer.wait(120)
        return super().ask(inquiry)


def chromium() -> str | None:
    """Find the browser: ANWEN_CHROMIUM, else Debian's chromium."""
    return _CHROMIUM or shutil.which("chromium")


def require_browser() -> None:
    """Skip the test without a browser, unless the run insists on one."""
    if chromium() is None:
        if os.environ.get("ANWEN_TEST_BROWSER") == "required":
            pytest.fail("no chromium found, and ANWEN_TEST_BROWSER=required; install it or set ANWEN_CHROMIUM")
        pytest.skip("no chromium found; install Debian's chromium or set ANWEN_CHROMIUM")


@contextlib.contextmanager
def running_app(
    service: Service,
    llm: LlmSettings | None = None,
    editable: bool = False,
    access: Access | None = None,
    feedback: FeedbackStore | None = None,
) -> Iterator[str]:
    """Serve the real application over a service on a free port; yields its address."""
    with contextlib.closing(listen("127.0.0.1", 0)) as listener:
        app = create_app(service, llm or LlmSettings(), editable, access or Access(), feedback)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@dataclass
class Visit:
    """An open page, with what it asked for and what it tried."""

    page: Page
    base_url: str
    policy: str = ""
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    #: What the page has asked of the server and not yet been told; its heartbeat, which never ends, apart.
    waiting: set[Request] = field(default_factory=set)
    #: Whether what the page asks for when it starts has come back.
    started: bool = False

    def begun(self, request: Request) -> None:
        """Note what the page asks for."""
        self.requests.append(request.url)
        if request.is_navigation_request():
            self.waiting.clear()
            self.started = False
        elif "/gradio_api/" in request.url and "/heartbeat/" not in request.url:
            self.waiting.add(request)

    def ended(self, request: Request) -> None:
        """Note what has come back, or was given up."""
        if request in self.waiting:  # else it was a page's that has been left
            self.started = self.started or request.url.endswith("/run/predict")
            self.waiting.remove(request)

    def idle(self) -> None:
        """Wait until the page has nothing open with the server."""
        deadline = time.monotonic() + PATIENCE / 1000
        while self.waiting or not self.started:
            assert time.monotonic() < deadline, f"the page still waits for {[one.url for one in self.waiting]}"
            self.page.wait_for_timeout(20)

    def settled(self) -> None:
        """Wait until the page has nothing open with the server and begins nothing: what was chosen is kept."""
        before = -1
        while before != len(self.requests):
            self.idle()
            before = len(self.requests)
            # By the page's own clock, which stands while the page is busy.
            self.page.evaluate("new Promise(done => setTimeout(done, 300))")

    def outside(self) -> list[str]:
        """Requests that would have left the machine."""
        return [url for url in self.requests if not url.startswith((self.base_url, "data:", "blob:"))]

    def untouched(self) -> None:
        """Assert that nothing went out, no dialog came up and no script failed or came from outside."""
        assert self.outside() == []
        assert self.dialogs == []
        assert self.errors == []
        assert self.page.evaluate("window.__pwned === undefined")

    def dismiss(self, dialog: Dialog) -> None:
        """Note a dialog, which only a script from outside would open, and close it."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def put(self, question: str) -> None:
        """Type a question and press Enter, once the question before is over: until then none is taken."""
        self.idle()
        box = self.page.get_by_label("您的问题")
        box.fill(question)
        box.press("Enter")

    def ask(self, question: str) -> None:
        """Type a question and press Enter, then wait for its answer."""
        before = self.page.locator(".aw-badge").count()
        self.put(question)
        self.page.locator(".aw-badge").nth(before).wait_for()
        self.page.locator(".aw-waiting").wait_for(state="detached")
        self.idle()

    def tops_the_log(self) -> None:
        """Wait until the last question stands at the top of the log, or the log at its end where less follows it."""
        self.page.wait_for_function(
            """() => {
                const row = [...document.querySelectorAll("#aw-chat .user-row")].at(-1);
                const log = row.closest('[role="log"]');
                const gap = row.getBoundingClientRect().top - log.getBoundingClientRect().top;
                return (gap >= 0 && gap < 20) || log.scrollHeight - log.scrollTop - log.clientHeight < 2;
            }"""
        )


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """A fresh browser that resolves no name but this machine's address; its first context is for the visits."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(BROWSER_ARGS))
        try:
            browser.new_context(locale="zh-CN")
            yield browser
        finally:
            browser.close()


def watched(page: Page, base_url: str) -> Visit:
    """A visit of a page that is still empty, told from now on of all that the page does."""
    visit = Visit(page=page, base_url=base_url)
    page.set_default_timeout(PATIENCE)
    page.on("request", visit.begun)
    page.on("requestfinished", visit.ended)
    page.on("requestfailed", visit.ended)
    page.on("dialog", visit.dismiss)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    return visit


@contextlib.contextmanager
def visiting(
    browser: Browser, base_url: str, width: int = 1280, height: int = 768, dark: bool = False
) -> Iterator[Visit]:
    """Open the page as a visitor of its own; visits one after another share what the browser has fetched already."""
    shared = browser.contexts[0]
    context = browser.new_context(locale="zh-CN") if shared.pages else shared
    page = context.new_page()
    try:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base_url)
        visit = watched(page, base_url)
        response = page.goto(base_url)
        visit.policy = response.headers.get("content-security-policy", "") if response else ""
        page.get_by_label("您的问题").wait_for()
        yield visit
    finally:
        page.close()
        if context is not shared:
            context.close()

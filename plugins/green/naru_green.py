# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks of the green plugin: what the rules of rules.json cannot say as data.

A check is a generator over the case (the deal and, behind "@" names, what belongs to it). It yields one Fault for
each thing that is wrong and nothing when the rule holds; an Ask says which field must be known first.
Checks have no state, open no file and read no clock: the day is "@today". Amounts are exact, never a float.
"""

import json
import re
from calendar import monthrange
from collections import namedtuple
from datetime import date
from fractions import Fraction

import gi

gi.require_version("Naru", "1")
from gi.repository import GObject, Naru  # noqa: E402 (the version must be required first)

Fault = namedtuple("Fault", "field en ko")
Ask = namedtuple("Ask", "field")

EXTENSION_DAYS = 120  # decree 19(2)-(3): days before the expiry of a new-technology certificate
FIELD_TEST_MONTHS = 3  # the shortest field test that the ministry names
CERTIFIED_SHARE = Fraction(20, 100)  # of last year's sales, for a green specialised company
SVHC_LIMIT = Fraction(1, 10)  # percent by weight
PASSPORT_DAY = "2027-02-18"
PASSPORT_KWH = Fraction(2)

ROHS = {  # substance: (limit in ppm by weight of a homogeneous material, English, Korean)
    "lead": (1000, "lead", "납"),
    "mercury": (1000, "mercury", "수은"),
    "cadmium": (100, "cadmium", "카드뮴"),
    "chromium-vi": (1000, "hexavalent chromium", "6가 크롬"),
    "pbb": (1000, "PBB", "PBB"),
    "pbde": (1000, "PBDE", "PBDE"),
    "dehp": (1000, "DEHP", "DEHP"),
    "bbp": (1000, "BBP", "BBP"),
    "dbp": (1000, "DBP", "DBP"),
    "dibp": (1000, "DIBP", "DIBP"),
}

OBJECTIVES = {
    "climate-mitigation": ("climate change mitigation", "온실가스 감축"),
    "climate-adaptation": ("climate change adaptation", "기후변화 적응"),
    "water": ("water and marine resources", "물·해양자원"),
    "circular-economy": ("circular economy", "순환경제"),
    "pollution": ("pollution prevention", "오염 방지"),
    "biodiversity": ("biodiversity", "생물다양성"),
}

PERMITS = {
    "air": ("air emission", "대기배출시설 허가·신고"),
    "water": ("water discharge", "폐수배출시설 허가·신고"),
    "integrated": ("integrated environmental", "통합환경허가"),
    "waste": ("waste treatment", "폐기물처리업 허가"),
    "hydrogen": ("hydrogen equipment", "수소용품 검사"),
    "high-pressure-gas": ("high-pressure gas", "고압가스 허가"),
    "hazardous-chemical": ("hazardous chemicals", "유해화학물질 영업허가·신고"),
    "substance-registration": ("substance registration", "화학물질 등록"),
    "substance-notice": ("new-substance notice", "신규화학물질 신고"),
}


class Group:
    """An object in the case, and where it stands. What is absent or of another kind counts as not given."""

    def __init__(self, value, where=""):
        self.value = value if isinstance(value, dict) else {}
        self.where = where

    def place(self, name):
        return f"{self.where}/{name}"

    def group(self, name):
        return Group(self.value.get(name), self.place(name))

    def list(self, name):
        value = self.value.get(name)
        return value if isinstance(value, list) else []

    def rows(self, name, kind=None):
        """The objects of a list, or those of one kind."""
        for index, value in enumerate(self.list(name)):
            row = Group(value, f"{self.place(name)}/{index}")
            if row.value and (kind is None or row.text("kind") == kind):
                yield row

    def names(self, name):
        """The texts of a list."""
        return [value for value in self.list(name) if isinstance(value, str)]

    def text(self, name):
        value = self.value.get(name)
        return (value.strip() or None) if isinstance(value, str) else None

    def answer(self, name):
        value = self.value.get(name)
        return value if isinstance(value, bool) else None

    def integer(self, name):
        value = self.value.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def number(self, name):
        text = self.text(name)
        return Fraction(text) if text and re.fullmatch(r"-?[0-9]+([.][0-9]+)?", text) else None

    def day(self, name):
        text = self.text(name)
        try:
            return date.fromisoformat(text).isoformat() if text else None
        except ValueError:
            return None


def plain(value):
    """An exact number for a message: at most four decimals, rounded towards zero."""
    whole = int(abs(value) * 10000)
    text = f"{whole // 10000}.{whole % 10000:04d}".rstrip("0").rstrip(".")
    return "-" + text if value < 0 and whole else text


def days_before(day, days):
    return date.fromordinal(max(1, date.fromisoformat(day).toordinal() - days)).isoformat()


def months_after(day, months):
    """The last day of a period of so many months that begins on this day (the day itself counts)."""
    start = date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        return date.max.isoformat()
    last = monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last).isoformat()
    return date.fromordinal(date(year, month + 1, start.day).toordinal() - 1).isoformat()


def empty(group, name, en, ko):
    return Fault(group.place(name), f"{en}: not given.", f"{ko}: 미입력.")


def given(group, *fields):
    """Texts that must hold something: (name, English, Korean)."""
    for name, en, ko in fields:
        if group.text(name) is None:
            yield empty(group, name, en, ko)


def past_day(group, name, en, ko, today):
    """A day that must be given and must not lie ahead."""
    day = group.day(name)
    if day is None:
        yield empty(group, name, en, ko)
    elif day > today:
        yield Fault(group.place(name), f"{en}: {day} lies after {today}.", f"{ko}: {day}은(는) {today} 이후입니다.")


def permit(green, kind, today, by=None):
    """One permit of this kind, with its number, granted before the day BY (or today)."""
    en, ko = PERMITS[kind]
    latest = min(by or today, today)
    faults = [Fault("/green/permits", f"The {en} permit is missing.", f"{ko}이(가) 없습니다.")]
    for row in green.rows("permits", kind):
        found = list(given(row, ("number", f"The number of the {en} permit", f"{ko} 번호")))
        day = row.day("granted_on")
        if day is None:
            found.append(empty(row, "granted_on", f"The day of the {en} permit", f"{ko} 일자"))
        elif day > latest:
            found.append(Fault(row.place("granted_on"),
                               f"The {en} permit of {day} came too late: it was needed by {latest}.",
                               f"{ko}({day})이(가) 필요한 날({latest})보다 늦습니다."))
        if not found:
            return
        faults = found
    yield from faults


def green_certificate(case, green, today):
    """GT-CERT-01: a green technology certificate that is valid today, or an application under way."""
    fault = Fault("/green/certificates", "There is no green technology certificate and no application for one.",
                  "녹색기술인증이 없고 신청 기록도 없습니다.")
    for row in green.rows("certificates", "green-technology"):
        until = row.day("expires_on")
        if row.day("issued_on") is None and until is None:
            if row.day("applied_on") is not None:
                return
            fault = empty(row, "applied_on", "The day of the application", "신청일")
        elif until is None:
            fault = empty(row, "expires_on", "The last day of the certificate", "유효기간 만료일")
        elif until < today:
            fault = Fault(row.place("expires_on"), f"The green technology certificate ended on {until}.",
                          f"녹색기술인증이 {until}에 만료되었습니다.")
        else:
            return
    yield fault


def certified_share(company):
    """At least a fifth of the sales of the year come from what is certified."""
    certified, total = company.number("certified_sales"), company.number("total_sales")
    if certified is None:
        yield empty(company, "certified_sales", "Certified sales", "인증 기술·제품 매출액")
    if total is None:
        yield empty(company, "total_sales", "Total sales", "총매출액")
    elif total <= 0:
        yield Fault(company.place("total_sales"), "Total sales must be above zero.", "총매출액은 0보다 커야 합니다.")
    elif certified is not None and not 0 <= certified <= total:
        yield Fault(company.place("certified_sales"), "Certified sales must lie between zero and total sales.",
                    "인증 기술·제품 매출액은 0 이상, 총매출액 이하여야 합니다.")
    elif certified is not None and certified < total * CERTIFIED_SHARE:
        share = plain(certified * 100 / total)
        yield Fault(company.place("certified_sales"),
                    f"Certified sales are {share} % of all sales; 20 % are needed.",
                    f"인증 매출 비중이 {share}%입니다. 20% 이상이어야 합니다.")


def green_company(case, green, today):
    """GT-CERT-02: a year since foundation, and a fifth of last year's sales from what is certified."""
    founded = case.group("spin_off").day("founded_on")
    if founded is None:
        yield Ask("/spin_off/founded_on")
        return
    if today <= months_after(founded, 12):
        yield Fault("/spin_off/founded_on",
                    f"The company was founded on {founded}; a year has not passed before {today}.",
                    f"설립일({founded})부터 1년이 지나지 않았습니다({today} 기준).")
    company = green.group("company")
    year, last_year = company.integer("sales_year"), int(today[:4]) - 1
    if year != last_year:
        yield Fault(company.place("sales_year"),
                    f"The sales of {last_year} are asked for, not of {year or 'an unknown year'}.",
                    f"{last_year}년 매출이 필요합니다(입력: {year or '없음'}).")
    yield from certified_share(company)


def verification(case, green, today):
    """GT-NET-02: the certificate of verification and the field test behind it."""
    group = green.group("verification")
    yield from given(group, ("number", "The number of the verification", "검증서 번호"),
                     ("test_from", "The start of the field test", "현장평가 시작일"))
    yield from past_day(group, "test_to", "The end of the field test", "현장평가 종료일", today)
    yield from past_day(group, "issued_on", "The day of the verification", "검증서 발급일", today)
    start, end, issued = group.day("test_from"), group.day("test_to"), group.day("issued_on")
    if start and end and start > end:
        yield Fault(group.place("test_to"), f"The field test ends on {end}, before it begins on {start}.",
                    f"현장평가 종료일({end})이 시작일({start})보다 빠릅니다.")
    if end and issued and issued < end:
        yield Fault(group.place("issued_on"),
                    f"The verification of {issued} is older than the end of the field test ({end}).",
                    f"검증서 발급일({issued})이 현장평가 종료일({end})보다 빠릅니다.")


def field_test(case, green, today):
    """GT-NET-02-B: three months in the field at least."""
    group = green.group("verification")
    start, end = group.day("test_from"), group.day("test_to")
    if start is None or end is None:
        yield Ask(group.place("test_from" if start is None else "test_to"))
        return
    least = months_after(start, FIELD_TEST_MONTHS)
    if end < least:
        yield Fault(group.place("test_to"), f"The field test ended on {end}; three months run to {least}.",
                    f"현장평가가 {end}에 끝났습니다. 3개월은 {least}까지입니다.")


def extension(case, green, today):
    """GT-NET-03: the certificate is valid, and its extension was asked for 120 days before the end."""
    for row in green.rows("certificates", "new-technology"):
        until, asked = row.day("expires_on"), row.day("extension_on")
        if until is None:
            if row.day("issued_on") is not None:
                yield empty(row, "expires_on", "The last day of the certificate", "유효기간 만료일")
            continue
        due = days_before(until, EXTENSION_DAYS)
        if until < today:
            yield Fault(row.place("expires_on"), f"The certificate ended on {until}.", f"인증이 {until}에 만료되었습니다.")
        elif asked is None and today > due:
            yield Fault(row.place("extension_on"),
                        f"The certificate ends on {until}; the extension had to be asked for by {due}.",
                        f"인증이 {until}에 만료됩니다. 연장 신청 기한은 {due}이었습니다.")
        elif asked is not None and asked > due:
            yield Fault(row.place("extension_on"), f"The extension was asked for on {asked}, after {due}.",
                        f"연장 신청일({asked})이 기한({due})보다 늦습니다.")


def life_cycle(case, green, today):
    """GT-LCA-01: every part of the assessment, and a critical review that came after it."""
    group = green.group("lca")
    yield from given(group, ("goal", "Goal and scope", "목적 및 범위"),
                     ("functional_unit", "The functional unit", "기능단위"),
                     ("boundary", "The system boundary", "시스템 경계"),
                     ("review_body", "Who reviewed it", "비평적 검토기관"))
    yield from past_day(group, "done_on", "The day of the assessment", "평가 완료일", today)
    yield from past_day(group, "reviewed_on", "The day of the critical review", "비평적 검토일", today)
    done, reviewed = group.day("done_on"), group.day("reviewed_on")
    if done and reviewed and reviewed < done:
        yield Fault(group.place("reviewed_on"),
                    f"The review of {reviewed} is older than the assessment of {done}.",
                    f"비평적 검토일({reviewed})이 평가 완료일({done})보다 빠릅니다.")


def plant_permits(case, green, today):
    """GT-PERM-01: each permit that the plant needs, or the ground of its exemption."""
    plant = green.group("plant")
    needed = [kind for kind in plant.names("permits_needed") if kind == "none" or kind in PERMITS]
    if not needed:
        yield empty(plant, "permits_needed", "Which permits the plant needs", "필요한 인허가")
    elif "none" in needed and len(needed) > 1:
        yield Fault(plant.place("permits_needed"), "“None” stands beside a permit.",
                    "‘없음’과 인허가가 함께 선택되었습니다.")
    elif "none" not in needed and plant.text("exemption") is None:
        for kind in needed:
            yield from permit(green, kind, today)


def hazard_permits(case, green, today):
    """GT-HAZ-01: a permit for each hazard that the product has."""
    for kind in ("hydrogen", "high-pressure-gas", "hazardous-chemical"):
        if kind in green.names("product"):
            yield from permit(green, kind, today)


def carbon_credits(case, green, today):
    """GT-ETS-01: methodology, additionality, no double counting, and registration before the first credit."""
    group = green.group("credits")
    yield from given(group, ("scheme", "The scheme", "배출권 제도"),
                     ("methodology", "The approved methodology", "승인 방법론"),
                     ("baseline", "The baseline", "베이스라인"))
    if group.answer("additional") is not True:
        yield Fault(group.place("additional"), "Additionality is not shown.", "추가성이 입증되지 않았습니다.")
    if group.answer("counted_once") is not True:
        yield Fault(group.place("counted_once"), "It is not shown that the reduction is counted nowhere else.",
                    "감축실적이 다른 곳에 중복 계산되지 않음이 확인되지 않았습니다.")
    yield from past_day(group, "registered_on", "The day of the registration", "사업 등록일", today)
    registered, counted = group.day("registered_on"), group.day("counted_from")
    if registered and counted and counted < registered:
        yield Fault(group.place("counted_from"),
                    f"Credits are counted from {counted}, before the registration of {registered}.",
                    f"인증유효기간 시작일({counted})이 사업 등록일({registered})보다 빠릅니다.")
    if counted and counted <= today:
        yield from past_day(group, "verified_on", "The day of the verification", "검증일", today)
    if group.text("scheme") == "voluntary" and group.answer("for_korean_trading"):
        yield Fault(group.place("for_korean_trading"), "Voluntary credits cannot be used in Korean emissions trading.",
                    "자발적 탄소시장의 크레딧은 배출권거래제에서 사용할 수 없습니다.")
    if group.text("scheme") == "article-6":
        yield from past_day(group, "authorised_on", "The authorisation of the transfer", "국외 이전 승인일", today)


def taxonomy(case, green, today):
    """GT-TAX-01: one objective served, none of the others harmed, safeguards kept, criteria met."""
    group = green.group("taxonomy")
    served, harmless = group.names("contributes"), group.names("no_harm")
    if not served:
        yield Fault(group.place("contributes"), "It contributes to none of the six objectives.",
                    "여섯 가지 환경목표 중 기여하는 목표가 없습니다.")
    others = [words for name, words in OBJECTIVES.items() if name not in served + harmless]
    if served and others:
        yield Fault(group.place("no_harm"), "Harm is not ruled out for: " + ", ".join(en for en, ko in others) + ".",
                    "중대한 피해 없음(DNSH)이 확인되지 않은 목표: " + ", ".join(ko for en, ko in others) + ".")
    if group.answer("safeguards") is not True:
        yield Fault(group.place("safeguards"), "The minimum safeguards are not confirmed.",
                    "최소한의 보호장치 준수가 확인되지 않았습니다.")
    if group.answer("criteria") is not True:
        yield Fault(group.place("criteria"), "The technical criteria are not confirmed.",
                    "기술선별기준 충족이 확인되지 않았습니다.")


def restricted_substances(case, green, today):
    """GT-ROHS-01: ten substances measured, each within its limit in every material or under an exemption."""
    missing = dict(ROHS)
    for row in green.rows("substances"):
        name, content, material = row.text("substance"), row.number("ppm"), row.text("material")
        if name not in ROHS:
            continue
        missing.pop(name, None)
        limit, en, ko = ROHS[name]
        en, ko = (f"{en} in {material}", f"{ko}({material})") if material else (en, ko)
        if content is None or content < 0:
            yield Fault(row.place("ppm"), f"{en}: the content must be zero or more ppm.",
                        f"{ko}: 함유량은 0ppm 이상이어야 합니다.")
        elif content > limit and row.text("exemption") is None:
            yield Fault(row.place("ppm"), f"{en}: {row.text('ppm')} ppm; the limit is {limit} ppm.",
                        f"{ko}: {row.text('ppm')}ppm, 기준 {limit}ppm 초과입니다.")
    if missing:
        yield Fault("/green/substances", "Not measured: " + ", ".join(en for _, en, ko in missing.values()) + ".",
                    "측정값이 없는 물질: " + ", ".join(ko for _, en, ko in missing.values()) + ".")


def high_concern(case, green, today):
    """GT-REACH-01: substances of very high concern above 0.1 % are told to customers and notified."""
    group = green.group("svhc")
    yield from past_day(group, "checked_on", "The day of the check against the list", "후보목록 대조일", today)
    above = []
    for row in group.rows("found"):
        percent, shown = row.number("percent"), f"{row.text('name')} ({row.text('percent')} %)"
        if percent is None or not 0 <= percent <= 100:
            yield Fault(row.place("percent"), f"{shown}: this is no share by weight.", f"{shown}: 올바른 중량비가 아닙니다.")
        elif percent > SVHC_LIMIT:
            above.append(shown)
    if above and group.day("informed_on") is None:
        yield Fault(group.place("informed_on"), f"Above 0.1 %: {', '.join(above)}; customers are not informed.",
                    f"0.1% 초과: {', '.join(above)}. 고객 정보제공일이 없습니다.")
    if above and group.text("scip_number") is None:
        yield Fault(group.place("scip_number"), f"Above 0.1 %: {', '.join(above)}; there is no SCIP number.",
                    f"0.1% 초과: {', '.join(above)}. SCIP 신고번호가 없습니다.")


def eu_registration(case, green, today):
    """GT-REACH-01-B: a tonne a year or more in the EU is registered, or notified as research."""
    group = green.group("reach")
    tonnes = group.number("tonnes")
    if tonnes is None:
        yield empty(group, "tonnes", "Tonnes a year in the EU", "EU 연간 톤수")
    elif tonnes >= 1 and group.text("registration") is None and group.text("research_notice") is None:
        yield Fault(group.place("registration"),
                    f"{group.text('tonnes')} t a year: registration is needed from 1 t a year on.",
                    f"연간 {group.text('tonnes')}톤: 1톤 이상은 등록해야 합니다.")


def korean_registration(case, green, today):
    """GT-KREACH-01: registered from 1 t a year on, a new substance below notified, before the start."""
    group = green.group("k_reach")
    tonnes, begins, new = group.number("tonnes"), group.day("starts_on"), group.answer("new_substance")
    if group.text("excluded_use") is not None:
        return
    if tonnes is None:
        yield empty(group, "tonnes", "Tonnes a year in Korea", "국내 연간 제조·수입량")
    elif tonnes >= 1:
        yield from permit(green, "substance-registration", today, begins)
    elif new is None:
        yield empty(group, "new_substance", "Whether the substance is new", "신규화학물질 여부")
    elif new:
        yield from permit(green, "substance-notice", today, begins)


def battery(case, green, today):
    """GT-BATT-01: the carbon footprint, and from 2027-02-18 the passport."""
    group = green.group("battery")
    kind, sold, capacity = group.text("kind"), group.day("sold_from"), group.number("kwh")
    yield from given(group, ("kind", "The kind of battery", "배터리 종류"),
                     ("sold_from", "The first day of sale in the EU", "EU 출시일"))
    if kind == "industrial" and capacity is None:
        yield empty(group, "kwh", "The capacity in kWh", "용량(kWh)")
        return
    if kind not in ("light-transport", "vehicle") and not (kind == "industrial" and capacity > PASSPORT_KWH):
        return
    if group.number("carbon_footprint") is None:
        yield empty(group, "carbon_footprint", "The carbon footprint a kWh", "탄소발자국(kgCO2e/kWh)")
    if sold and sold >= PASSPORT_DAY and group.text("passport") is None:
        yield Fault(group.place("passport"),
                    f"Sold from {sold}: a battery passport is needed from {PASSPORT_DAY} on.",
                    f"EU 출시일 {sold}: {PASSPORT_DAY}부터 배터리 여권이 필요합니다.")


CHECKS = {check.__name__: check for check in (
    green_certificate, green_company, verification, field_test, extension, life_cycle, plant_permits,
    hazard_permits, carbon_credits, taxonomy, restricted_substances, high_concern, eu_registration,
    korean_registration, battery)}


class Green(GObject.Object, Naru.RuleSet):
    """Hands the case to the check of this name and its faults to the report."""

    __gtype_name__ = "NaruGreen"

    def do_judge(self, check, subject, report):
        if check not in CHECKS:
            raise LookupError(f"the plugin green has no check {check}")
        case = Group(json.loads(subject.get_json().to_line()))
        found = list(CHECKS[check](case, case.group("green"), case.day("@today")))
        for one in found:
            if isinstance(one, Ask):
                report.ask(one.field)
            else:
                report.refuse(one.field, one.en, one.ko)
        if not found:
            report.accept()
        return True

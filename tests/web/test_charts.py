"""The pages of charts: numbers against a group-by of the rows, links, options, downloads."""

import csv
import datetime as dt
import io
import statistics
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from kerma.charts import charts_of
from kerma.store import name_book
from kerma.store.models import (
    AuditEntry,
    CtEvent,
    SiteReferenceLevel,
    StandardName,
    StandardNameRule,
    Study,
    UserOptions,
)
from tests.query.hospital import ct_event, store
from tests.web.charted import (
    MODALITIES,
    names_of,
    part_of,
    store_ct,
    store_others,
    studies_behind,
)
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db):
    return client_of("view")


@pytest.fixture
def ct(db):
    store_ct()


def rows(*fields):
    """Return the CT events as plain tuples, each with the UID of its study first."""
    return list(CtEvent.objects.values_list("study__study_instance_uid", *fields))


def by_item(pairs):
    found = {}
    for item, value in pairs:
        found.setdefault(item, []).append(value)
    return found


def words(ticks):
    return [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in ticks]


def bars(part):
    """Return item -> value of a drawing of bars of one series."""
    (trace,) = part.traces
    ticks = words(part.data["layout"]["yaxis"]["ticktext"])
    return {ticks[at]: value for at, value in zip(trace["y"], trace["x"], strict=True)}


@pytest.mark.parametrize("average", ["mean", "median"])
def test_bars_are_the_averages_of_the_rows(client, ct, average):
    expected = by_item((p, v) for _, p, v in rows("acquisition_protocol", "dlp_mgycm")
                       if v is not None)  # fmt: skip

    drawn = bars(part_of(client, "ct-acquisition-dlp", average=average))

    assert drawn == pytest.approx(
        {item: getattr(statistics, average)(values) for item, values in expected.items()}
    )


def test_boxes_are_the_quartiles_of_the_rows(client, ct):
    expected = by_item(
        Study.objects.exclude(dlp_mgycm=None).values_list("study_description", "dlp_mgycm")
    )

    part = part_of(client, "ct-study-dlp", average="box")

    box = next(trace for trace in part.data["traces"] if trace["type"] == "box")
    ticks = part.data["layout"]["yaxis"]["ticktext"]
    for place, *five in zip(box["y"], box["lowerfence"], box["q1"], box["median"], box["q3"],
                            box["upperfence"], strict=True):  # fmt: skip
        values = expected[ticks[place]]
        quartiles = statistics.quantiles(values, n=4, method="inclusive")
        assert five == pytest.approx([min(values), *quartiles, max(values)])


def test_frequencies_are_the_numbers_of_the_rows(client, ct):
    expected = by_item((p, 1) for _, p in rows("acquisition_protocol"))

    drawn = bars(part_of(client, "ct-acquisition-frequency"))

    assert drawn == {item: len(values) for item, values in expected.items()}


def test_a_series_for_each_system_counts_its_own(client, ct):
    part = part_of(client, "ct-study-frequency", per_system="yes")

    counted = {trace["name"]: sum(trace["x"]) for trace in part.traces}
    assert counted == {"City Hospital CT 1": 12, "City Hospital CT 2": 12}


def test_systems_along_the_axis(client, ct):
    part = part_of(client, "ct-study-frequency", group_by="system")

    assert part.data["layout"]["yaxis"]["ticktext"] == ["City Hospital CT 1", "City Hospital CT 2"]
    assert {trace["name"] for trace in part.traces} == {"Study 0", "Study 1"}


def test_histograms_hold_every_case_once(client, ct):
    part = part_of(client, "ct-acquisition-dlp-histogram", bins="7")

    values = [v for _, v in rows("dlp_mgycm") if v is not None]
    assert sum(sum(trace["y"]) for trace in part.traces) == len(values)
    assert {len(trace["x"]) for trace in part.traces} == {7}


def test_over_time_is_by_period_of_the_study(client, ct):
    expected = by_item(
        (day.replace(day=1).isoformat(), dlp)
        for day, dlp in Study.objects.filter(study_description="Study 0").exclude(
            dlp_mgycm=None).values_list("study_date", "dlp_mgycm")
    )  # fmt: skip

    part = part_of(client, "ct-study-dlp-over-time", average="mean")

    trace = next(one for one in part.traces if one["name"] == "Study 0")
    drawn = dict(zip(trace["x"], trace["y"], strict=True))
    assert drawn == pytest.approx({day: statistics.mean(v) for day, v in expected.items()})


def test_points_lead_to_their_study(client, ct):
    part = part_of(client, "ct-study-dlp-mass")

    drawn = {
        (x, y, number)
        for trace in part.traces
        for x, y, number in zip(trace["x"], trace["y"], trace["study_ids"], strict=True)
    }
    expected = Study.objects.exclude(weight_kg=None).exclude(dlp_mgycm=None)
    assert drawn == set(expected.values_list("weight_kg", "dlp_mgycm", "pk"))  # fmt: skip


def test_workload_is_by_weekday_and_hour(client, ct):
    expected = by_item(
        ((day.weekday(), time.hour), 1)
        for day, time in Study.objects.values_list("study_date", "study_time")
    )

    (trace,) = part_of(client, "ct-study-workload").traces

    drawn = {(round(base + 0.46), hour): count for base, hour, count
             in zip(trace["base"], trace["x"], trace["counts"], strict=True)}  # fmt: skip
    assert drawn == {moment: len(values) for moment, values in expected.items()}


def test_numbers_of_a_filter_are_those_of_the_filter(client, ct):
    part = part_of(client, "ct-study-frequency", station_name="CT 2", date_from="2026-02-01")

    found = Study.objects.filter(station_name="CT 2", study_date__gte="2026-02-01")
    assert sum(part.traces[0]["x"]) == found.count()


def test_reference_levels_are_drawn_for_standard_names(client):
    name = StandardName.objects.create(modality="CT", level="study", name="Chest")
    StandardNameRule.objects.create(standard_name=name, field="study_description",
                                    pattern="Study 0")  # fmt: skip
    SiteReferenceLevel.objects.create(
        standard_name=name, quantity="dlp_mgycm", value=77.0, valid_from=dt.date(2020, 1, 1)
    )
    name_book.touch(apply=False)
    store_ct()

    one = part_of(client, "ct-standard-study-dlp")
    in_time = part_of(client, "ct-standard-study-dlp-over-time")

    assert [shape["x0"] for shape in one.data["layout"]["shapes"]] == [77.0]
    assert [shape["y0"] for shape in in_time.data["layout"]["shapes"]] == [77.0]
    assert len(studies_behind(one.links()[0])) == 12


def test_levels_of_several_names_are_drawn_across_their_rows(client):
    for number, level in enumerate((77.0, 55.0)):
        name = StandardName.objects.create(modality="CT", level="study", name=f"Name {number}")
        StandardNameRule.objects.create(standard_name=name, field="study_description",
                                        pattern=f"Study {number}")  # fmt: skip
        SiteReferenceLevel.objects.create(
            standard_name=name, quantity="dlp_mgycm", value=level, valid_from=dt.date(2020, 1, 1)
        )
    name_book.touch(apply=False)
    store_ct()

    data = part_of(client, "ct-standard-study-dlp", average="box").data

    (levels,) = [trace for trace in data["traces"] if trace.get("role") == "level"]
    ticks = data["layout"]["yaxis"]["ticktext"]
    middle = {ticks[round(y + 0.42)]: x for x, y in
              zip(levels["x"][::3], levels["y"][::3], strict=True)}  # fmt: skip
    assert middle == {"Name 0": 77.0, "Name 1": 55.0}
    assert data["layout"]["shapes"] == []


# ---------- The studies behind a part


def events_of(protocol, low=None, high=None, *, closed=False):
    """Return the studies with an event of a protocol whose dose lies in a bin."""
    return {
        uid for uid, name, dlp in rows("acquisition_protocol", "dlp_mgycm")
        if name == protocol and dlp is not None
        and (low is None or low <= dlp) and (high is None or dlp < high or (closed and dlp == high))
    }  # fmt: skip


def test_a_bar_leads_to_exactly_the_studies_counted(client, ct):
    part = part_of(client, "ct-acquisition-dlp", per_system="yes")

    ticks = words(part.data["layout"]["yaxis"]["ticktext"])
    for trace in part.traces:
        room = trace["name"].removeprefix("City Hospital ")
        in_room = set(Study.objects.filter(station_name=room).values_list(
            "study_instance_uid", flat=True))  # fmt: skip
        for place, link in zip(trace["y"], trace["customdata"], strict=True):
            found = studies_behind(part.data["base"] + link)
            assert found == events_of(ticks[place]) & in_room
            assert found


def test_a_bin_leads_to_exactly_the_studies_counted(client, ct):
    part = part_of(client, "ct-acquisition-dlp-histogram", bins="5")

    for trace in part.traces:
        (protocol,) = words([trace["name"]])
        last = len(trace["x"]) - 1
        for at, link in enumerate(trace["customdata"]):
            low, high = trace["x"][at], trace["x"][at] + trace["width"][at]
            found = studies_behind(part.data["base"] + link)
            assert found == events_of(protocol, low, high, closed=at == last)
            assert len(found) == trace["y"][at], "no study has two events of a protocol here"


def test_folded_names_lead_to_all_their_spellings(client, ct):
    part = part_of(client, "ct-acquisition-frequency", ignore_case="yes")

    assert len(part.traces[0]["x"]) == 4
    assert all(len(studies_behind(link)) in {8, 24} for link in part.links())


def test_a_type_of_acquisition_is_kept(client, ct):
    part = part_of(client, "ct-acquisition-dlp", acquisition_type="localiser")

    (link,) = part.links()
    assert studies_behind(link) == events_of("Topogram")


def test_a_point_in_time_leads_to_its_period_within_the_dates_chosen(client, ct):
    part = part_of(client, "ct-study-frequency-over-time", date_from="2026-01-03",
                   date_until="2026-03-05", station_name="CT 1")  # fmt: skip

    for trace in part.traces:
        for count, link in zip(trace["y"], trace["customdata"], strict=True):
            assert len(studies_behind(part.data["base"] + link)) == count


def test_a_physician_is_part_of_the_link(client, ct):
    part = part_of(client, "ct-study-frequency", split="physician")

    assert len(part.traces) == 2
    for trace in part.traces:
        for count, link in zip(trace["x"], trace["customdata"], strict=True):
            assert len(studies_behind(part.data["base"] + link)) == count


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_chart_is_drawn_and_all_it_links_to_can_be_read(client, modality):
    store_ct() if modality == "ct" else store_others()
    standard = {"standard-study", "standard-acquisition"}

    for chart in charts_of(modality.upper()):
        part = part_of(client, chart.name, per_system="yes")
        if chart.level in standard:
            assert "Nothing to draw" in part.html
            continue
        assert part.data, f"{chart.name}: {part.html}"
        for link in {*part.links(), *part.table_links()}:
            studies_behind(link)


def test_a_link_opens_the_list_with_a_chip_that_says_it(client, ct):
    link = part_of(client, "ct-acquisition-dlp").links()[0]

    page = client.get(link).content.decode()

    assert "Part of a chart" in page
    assert "Protocol is" in page


# ---------- What is chosen


def test_an_address_without_choices_becomes_one_that_says_all(client, ct):
    response = client.get("/charts/ct/?station_name=CT+1")

    assert response.status_code == 302
    said = parse_qs(urlsplit(response["Location"]).query)
    assert said["station_name"] == ["CT 1"]
    assert {"charts", "average", "bins", "period", "sort", "colours", "theme"} <= said.keys()
    assert client.get(response["Location"]).status_code == 200


def test_what_is_chosen_is_kept_for_the_user_and_said_in_the_address(client, ct):
    response = client.post("/charts/ct/options/", {
        "charts": ["ct-study-dlp", "ct-acquisition-dlp"], "average": ["mean", "box"],
        "per_system": ["no", "yes"], "bins": "12", "period": "week", "colours": "Viridis",
        "theme": "plotly_dark", "per_row": "3", "f-station_name": "CT 1",
    })  # fmt: skip

    said = parse_qs(urlsplit(response["Location"]).query)
    assert said["charts"] == ["ct-study-dlp,ct-acquisition-dlp"]
    assert (said["average"], said["per_system"], said["bins"]) == (["mean,box"], ["yes"], ["12"])
    assert said["station_name"] == ["CT 1"]
    again = parse_qs(urlsplit(client.get("/charts/ct/")["Location"]).query)
    assert again == {name: value for name, value in said.items() if name != "station_name"}
    assert UserOptions.objects.get().values["charts"].keys() == {"CT"}


def test_an_address_of_somebody_else_changes_nothing_of_ones_own(client, ct):
    client.post("/charts/ct/options/", {"charts": "ct-study-dlp", "bins": "12"})

    client.get("/charts/ct/?charts=ct-study-frequency&bins=3")

    assert "bins=12" in client.get("/charts/ct/")["Location"]


def test_a_chart_is_drawn_once_for_each_average_and_with_its_histogram(client, ct):
    page = client.get("/charts/ct/?charts=ct-study-dlp,ct-study-frequency&average=median,mean,box"
                      "&histograms=yes").content.decode()  # fmt: skip

    assert page.count("data-part") == 3 + 1 + 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("bins=1", "bins must be a whole number from 2 to 40"),
        ("charts=ct-study-love", "charts must be one of"),
        ("average=mode", "average must be one of median, mean, box"),
        ("colours=Rainbow", "colours must be one of"),
        ("per_row=11", "per_row must be a number from 1 to 10"),
        ("bins=5&dlp_min=much", "dlp_min must be a number"),
        ("bins=5&nonsense=1", "There is no filter"),
        ("bins=5&patient_name=x", "There is no filter"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(client, query, said):
    response = client.get(f"/charts/ct/?{query}")

    assert response.status_code == 400
    text = response.content.decode()
    assert said in text or said.replace("median, mean, box", "box, mean, median") in text


def test_a_chart_of_another_modality_is_refused(client):
    assert client.get("/charts/rf/ct-study-dlp/").status_code == 404
    assert client.get("/charts/ct/ct-no-such/").status_code == 404


# ---------- Names, nothing, and much


def test_names_with_mark_up_are_text(client, ct):
    part = part_of(client, "ct-acquisition-frequency")

    assert "&lt;b&gt;Neck&lt;/b&gt; &amp; more" in part.data["layout"]["yaxis"]["ticktext"]
    assert "<b>Neck</b>" not in part.html
    assert not any("<b>Neck" in text for trace in part.traces for text in trace["hovertext"])


def test_nothing_to_draw_says_what_to_do(client, ct):
    part = part_of(client, "ct-study-dlp", station_name="nowhere")

    assert "Nothing to draw" in part.html
    assert "Remove a filter" in part.html


def test_a_fresh_installation_says_how_studies_come(client):
    assert "There are no studies of this modality yet." in part_of(client, "ct-study-dlp").html


def test_searching_for_a_patient_is_noted_but_not_for_whom(ct):
    pid = client_of("view", "pid")

    pid.get("/charts/ct/?bins=5&patient_name=byron")

    (entry,) = AuditEntry.objects.filter(action="search patients")
    assert "byron" not in str(entry.details).lower()


def test_cases_that_lack_something_are_said(client, ct):
    part = part_of(client, "ct-study-dlp-mass")

    lacking = 24 - Study.objects.exclude(weight_kg=None).exclude(dlp_mgycm=None).count()
    assert f"{lacking} studies left out: no description, value or mass." in part.html


def test_many_names_are_cut_and_said_and_the_file_has_all(client):
    events = tuple(ct_event(acquisition_protocol=f"P {number}", dlp_mgycm=1.0)
                   for number in range(300))  # fmt: skip
    store("many", "CT", events=events)

    part = part_of(client, "ct-acquisition-dlp")
    file = client.get("/charts/ct/ct-acquisition-dlp/table/")

    assert len(part.traces[0]["x"]) == 50
    assert "250 further names not drawn" in part.html
    assert len(b"".join(file.streaming_content).splitlines()) == 301


# ---------- Downloads


def test_the_file_has_the_numbers_and_no_formulas(client, ct):
    response = client.get("/charts/ct/ct-request-dlp/table/?per_system=yes")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text))
    assert response["Content-Disposition"] == 'attachment; filename="ct-request-dlp.csv"'
    assert head[:5] == ["Requested procedure", "System", "Cases", "Mean (mGy·cm)",
                        "Median (mGy·cm)"]  # fmt: skip
    assert {line[0] for line in lines} == {"Chest", "'=cmd|' /C calc'!A0"}
    room = "City Hospital CT 1"
    values = list(Study.objects.filter(requested_procedure="Chest", station_name="CT 1")
                  .exclude(dlp_mgycm=None).values_list("dlp_mgycm", flat=True))  # fmt: skip
    found = next(line for line in lines if line[:2] == ["Chest", room])
    assert int(found[2]) == len(values)
    assert float(found[3]) == pytest.approx(statistics.mean(values))
    assert AuditEntry.objects.filter(action="download chart").count() == 1


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_chart_has_a_file(client, modality):
    store_ct() if modality == "ct" else store_others()

    for name in names_of(modality):
        response = client.get(f"/charts/{modality}/{name}/table/")
        table = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
        assert len({len(line) for line in table}) == 1, name


def test_a_list_leads_to_its_charts_and_back(client, ct):
    page = client.get("/ct/?station_name=CT+1&order=dlp").content.decode()
    assert 'href="/charts/ct/?station_name=CT+1"' in page

    back = client.get("/charts/ct/?" + urlencode({"station_name": "CT 1", "bins": "5"}))
    assert b'href="/ct/?station_name=CT+1"' in back.content


def test_only_pictures_may_come_from_elsewhere_and_only_from_the_page_itself(client, ct):
    policy = client.get("/charts/ct/?bins=5")["Content-Security-Policy"].split("; ")

    assert "img-src 'self' blob:" in policy
    others = set(policy) - {"img-src 'self' blob:"}
    assert others == set(client.get("/ct/")["Content-Security-Policy"].split("; "))


def test_the_first_page_is_that_of_the_modality_in_use(client, ct):
    assert client.get("/charts/")["Location"] == "/charts/ct/"

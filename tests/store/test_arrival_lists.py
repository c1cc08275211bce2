"""The lists of an older system are understood as they are written there."""

import pytest

from kerma.store import arrival_lists, options
from kerma.store.models import ArrivalRule

LUA = """
-- Set this to true if you want to use the Toshiba CT extractor.
local use_toshiba_ct_extractor = true
local use_physics_filtering = false

-- local manufacturers_to_ignore = {'Commented out'}
local manufacturers_to_ignore = {'Faxitron X-Ray LLC', "Gendex-KaVo"} -- two of them
local model_names_to_ignore = {'CR 85', 'CR -- 75', 'ADC_5146',}
local station_names_to_ignore = {}
local software_versions_to_ignore = {'VixWin Platinum v3.3'}
local device_serial_numbers_to_ignore = {'SCB1312016', 'it\\'s'}
local physics_to_keep = {'physics'}
local toshiba_extractor_systems = {
        {'Toshiba', 'Aquilion'},
        {'GE Medical Systems', 'Discovery STE'},
}
"""

YAML = """
environment:
  MANUFACTURERS_TO_IGNORE: "{'Faxitron X-Ray LLC', 'Gendex-KaVo'}"
  MODEL_NAMES_TO_IGNORE: "{'CR 85', 'CR -- 75', 'ADC_5146'}"  # three
  STATION_NAMES_TO_IGNORE: |
    {}
  SOFTWARE_VERSIONS_TO_IGNORE: "{'VixWin Platinum v3.3'}"
  DEVICE_SERIAL_NUMBERS_TO_IGNORE: |
    {'SCB1312016', "it's"}
  USE_TOSHIBA_CT_EXTRACTOR: "true"
  TOSHIBA_EXTRACTOR_SYSTEMS: |
    {{'Toshiba', 'Aquilion'}, {'GE Medical Systems', 'Discovery STE'},}
  USE_PHYSICS_FILTERING: "false"
  PHYSICS_TO_KEEP: "{'physics',}"
"""

RULES = [
    ("ignore", "manufacturer", "Faxitron X-Ray LLC", ""),
    ("ignore", "manufacturer", "Gendex-KaVo", ""),
    ("ignore", "model", "CR 85", ""),
    ("ignore", "model", "CR -- 75", ""),
    ("ignore", "model", "ADC_5146", ""),
    ("ignore", "software_versions", "VixWin Platinum v3.3", ""),
    ("ignore", "serial_number", "SCB1312016", ""),
    ("ignore", "serial_number", "it's", ""),
    ("physics", "patient", "physics", ""),
    ("collect", "scanner", "Toshiba", "Aquilion"),
    ("collect", "scanner", "GE Medical Systems", "Discovery STE"),
]


@pytest.mark.parametrize("text", [LUA, YAML], ids=["Lua", "YAML"])
def test_lists_and_switches_are_read(text):
    found = arrival_lists.read(text)

    read = [(rule.kind, rule.attribute, rule.pattern, rule.model) for rule in found.rules]
    assert sorted(read) == sorted(RULES)
    assert found.switches == {"collect_keep": True, "physics_keep": False}


@pytest.mark.parametrize("text", ["", "nothing of this kind", "{'x'", "physics_to_keep = {'half"])
def test_other_text_holds_nothing(text):
    assert arrival_lists.read(text) == ([], {})


@pytest.mark.django_db
def test_added_twice_they_are_there_once():
    found = arrival_lists.read(LUA)

    assert arrival_lists.add(found) == len(RULES)
    assert arrival_lists.add(arrival_lists.read(YAML)) == 0

    assert ArrivalRule.objects.count() == len(RULES)
    assert options.get("physics_keep") is False

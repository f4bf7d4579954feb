#!/usr/bin/env python3
"""Writes the two generated parts of docs/Connectors.md from the catalogue's files. Run it by hand after a change
of Sources/Connectors/Apps: `python3 docs/connectors.py` (needs PyYAML). The docs' tests fail on a missing app,
trigger or action."""

import pathlib
import re

import yaml

root = pathlib.Path(__file__).resolve().parent.parent
page = root / "docs" / "Connectors.md"

# Fields that can say who a customer is or how to reach one, by key; references are ids of Shopify's and treated apart.
PERSONAL = re.compile(
    r"email|phone|name$|birthday|address|city|region|postalcode|country|author|applicant|resume|avatar|message$"
    r"|comment|review$|reviewbody|reviewtitle|reviewmessage|^content$|answer|response$|fileurls|submissionurl"
    r"|photourls|videourls|imageurl|customerproperties|properties$|variables|personalisation|^row$|^text$|^notes$"
    r"|^description$|^data$|preferredtime",
    re.IGNORECASE,
)
# Names of things, not of people; pictures and texts that the merchant writes.
IMPERSONAL = {
    "offerName", "rewardName", "segmentName", "previousSegmentName", "tierName", "previousTierName", "eventName",
    "formName", "indexName", "campaignName", "productName", "sheetName", "addressBookId", "productImageUrl",
    "fromName", "fromEmail",
}


def apps():
    for path in sorted((root / "Sources/Connectors/Apps").glob("*/*.yaml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def app_rows():
    yield "| app | id | triggers | actions |"
    yield "| --- | --- | --- | --- |"
    for app in apps():
        triggers = "<br>".join(f"`{trigger['handle']}`" for trigger in app.get("triggers") or [])
        actions = "<br>".join(action_cell(action) for action in app.get("actions") or [])
        yield f"| {app['name']} | `{app['id']}` | {triggers or '–'} | {actions or '–'} |"


def action_cell(action):
    delivery = action.get("delivery") or {}
    notes = []
    if delivery.get("protocol") == "vendor-api":
        notes.append("vendor's API planned")
    if delivery.get("in_doubt", "resend") != "resend":
        notes.append(f"in doubt: {delivery['in_doubt']}")
    return f"`{action['handle']}`" + (f" ({'; '.join(notes)})" if notes else "")


def personal_rows():
    yield "| app | trigger fields | action fields |"
    yield "| --- | --- | --- |"
    for app in apps():
        triggers = personal_keys(app.get("triggers") or [])
        # Pictures that go out are the merchant's.
        actions = [key for key in personal_keys(app.get("actions") or []) if key != "imageUrl"]
        if triggers or actions:
            yield f"| `{app['id']}` | {key_cell(triggers)} | {key_cell(actions)} |"


def key_cell(keys):
    return ", ".join(f"`{key}`" for key in keys) or "–"


def personal_keys(definitions):
    keys = {field["key"] for definition in definitions for field in definition["fields"]}
    return sorted(key for key in keys if PERSONAL.search(key) and key not in IMPERSONAL)


def replace(text, name, rows):
    begin, end = f"<!-- {name}: written by docs/connectors.py -->", f"<!-- {name}: end -->"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{chr(10).join(rows)}\n{end}{after}"


text = page.read_text(encoding="utf-8")
text = replace(text, "apps", app_rows())
text = replace(text, "personal", personal_rows())
page.write_text(text, encoding="utf-8")

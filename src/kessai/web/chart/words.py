"""What units, levels and appointments are called on the pages about the organisation."""

from __future__ import annotations

from django.utils.translation import gettext

from kessai.kernel.words import N_

UNIT_KINDS = {
    "ministry": N_("府省等"),
    "bureau": N_("局"),
    "department": N_("部"),
    "division": N_("課"),
    "office": N_("室"),
    "section": N_("係"),
    "institution": N_("施設等機関"),
    "regional_bureau": N_("地方支分部局"),
}
FUNCTIONS = {
    "accounting": N_("会計"),
    "documents": N_("文書"),
    "personnel": N_("人事"),
    "legal": N_("法令審査"),
    "information": N_("情報システム"),
    "planning": N_("企画"),
    "public_relations": N_("広報"),
    "international": N_("国際"),
}
LEVELS = {
    "minister": N_("大臣級"),
    "vice_minister": N_("次官級"),
    "director_general": N_("局長級"),
    "councillor": N_("審議官級"),
    "director": N_("課長級"),
    "office_head": N_("室長級"),
    "deputy_director": N_("課長補佐級"),
    "section_chief": N_("係長級"),
    "officer": N_("係員"),
}
APPOINTMENTS = {
    "regular": N_("本務"),
    "concurrent": N_("併任"),
    "acting_in_charge": N_("事務取扱"),
}

BECAME = {
    "renamed": N_("名前が変わった"),
    "moved": N_("所属が変わった"),
    "merged": N_("統合された"),
    "split": N_("分割された"),
    "abolished": N_("廃止された"),
}


def said(words: dict[str, str], key: str) -> str:
    """The word for a key in the language of the page; the key itself where there is none."""
    return gettext(words[key]) if key in words else key

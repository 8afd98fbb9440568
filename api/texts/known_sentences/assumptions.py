"""What of an edition is not the default."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("%(state)s %(breadth)s nm"),
    to_translate("straight baseline of %(state)s"),
    to_translate("closing line of %(state)s"),
    to_translate("line of harbour works of %(state)s"),
    to_translate("%(count)s straight baselines of %(state)s"),
    to_translate("%(count)s closing lines of %(state)s"),
    to_translate("%(count)s lines of harbour works of %(state)s"),
    to_translate("artificial land counts as coast"),
    to_translate("own treaty points of %(pair)s"),
    to_translate("no effect of %(island)s"),
    to_translate("half effect of %(island)s"),
    to_translate("full effect of %(island)s"),
    to_translate("effect %(share)s of %(island)s"),
)

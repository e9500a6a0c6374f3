"""New forms of a batch that somebody else has made since its preview."""

from django.db.models import Q
from django.db.models.fields.json import KT

from targets.models import Declaration, ImportBatch
from targets.models.declaration import title_key

MADE_MEANWHILE = "预览之后有人建立了{same}的表，没有导入。请重新上传这个文件，与系统中的表核对不同之处后再确认。"
SAME_CODE, SAME_TITLE = "项目代码相同", "同名"


def made_meanwhile(batch: ImportBatch) -> dict[int, str]:
    """By place, why a ticked form cannot be stored as what the preview said: another one has its identity by now.

    Asked only when the database has refused to store it, as its two constraints of identity do.
    """
    ticked = batch.forms.filter(is_chosen=True)
    columns = ("place", "kind", "title", "budget_year", "department", "unit", "declaration")
    forms = list(ticked.annotate(code=KT("frozen__code")).values_list(*columns, "code"))
    units = {pk for one in forms for pk in (one[4], one[5])}
    taken: dict[tuple[object, ...], int] = {}
    living = Declaration.objects.living().filter(Q(department__in=units) | Q(unit__in=units))
    living = living.filter(budget_year__in={one[3] for one in forms})
    found = living.values_list("pk", "budget_year", "kind", "department", "unit", "code", "title_key")
    for pk, year, kind, department, unit, code, key in found:
        taken[(year, kind, department, SAME_CODE, code) if code else (year, kind, unit, SAME_TITLE, key)] = pk
    told = {}
    for place, kind, title, year, department, unit, declaration, code in forms:
        same, of, name = (SAME_CODE, department, code) if code else (SAME_TITLE, unit, title_key(kind, title))
        if taken.get((year, kind, of, same, name), declaration) != declaration:
            told[place] = MADE_MEANWHILE.format(same=same)
    return told

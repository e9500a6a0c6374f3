"""Revisions and events from before the trail are chained in the order of their times."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from targets.domain.trail import EVENT, REVISION, add_link


def chain(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    forms, revisions, events = (
        apps.get_model("targets", name)._default_manager for name in ("Declaration", "Revision", "ReviewEvent")
    )
    for form in forms.only("pk", "trail_length", "trail_head").order_by("pk").iterator(500):
        texts, steps = list(revisions.filter(declaration=form.pk)), list(events.filter(declaration=form.pk))
        rows = [((one.created_at, 0, one.number), one, REVISION) for one in texts]
        rows += [((one.at, 1, one.number), one, EVENT) for one in steps]
        for _, row, names in sorted(rows, key=lambda entry: entry[0]):
            add_link(form, row, names)
        revisions.bulk_update(texts, ["link", "digest"], batch_size=100)
        events.bulk_update(steps, ["link", "digest"], batch_size=100)
        forms.filter(pk=form.pk).update(trail_length=form.trail_length, trail_head=form.trail_head)


class Migration(migrations.Migration):
    dependencies = [("targets", "0011_trail")]

    operations = [migrations.RunPython(chain, migrations.RunPython.noop)]

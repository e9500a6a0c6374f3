"""Long work: claimed once, told how far, cancelled before storing, taken over when its worker is killed."""

import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from targets import jobs
from targets.domain.record import Record
from targets.domain.sheets.writer import write_official
from targets.intake.batch import open_batch
from targets.models import Declaration, ImportBatch, Job
from targets.tasks import KINDS, READ, READ_AND_STORE, STORE, revive_jobs, run_job, start_job
from targets.tests.workers import three_workers
from targets.tests.world import World, make_world


def archive(*records: Record, **others: bytes) -> bytes:
    """A zip with a workbook for each record."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        for number, record in enumerate(records):
            zipped.writestr(f"单位{number}/表.xlsx", write_official([record]))
        for name, content in others.items():
            zipped.writestr(name, content)
    return packed.getvalue()


def upload(world: World, content: bytes, name: str = "全部.zip") -> tuple[Client, ImportBatch]:
    client = Client()
    client.force_login(world.filler)
    client.post(reverse("admin:targets_importbatch_upload"), {"file": SimpleUploadedFile(name, content)})
    return client, ImportBatch.objects.latest("pk")


def page(client: Client, batch: ImportBatch) -> str:
    return client.get(reverse("admin:targets_importbatch_change", args=[batch.pk]), follow=True).content.decode()


def work(batch: ImportBatch) -> Job:
    """What a worker does with the batch's latest job."""
    job = batch.jobs.latest("pk")
    run_job.call(job.pk)
    job.refresh_from_db()
    batch.refresh_from_db()
    return job


def test_a_worker_of_whom_nothing_is_heard_is_told_with_the_moment_when_another_takes_over(
    world: World, settings: Any
) -> None:
    client, batch = upload(world, archive(world.record()))
    job = batch.jobs.get()
    assert jobs.claim(job.pk) is not None
    assert "没有回应" not in page(client, batch)
    until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS - 31)
    Job.objects.filter(pk=job.pk).update(lease_until=until)
    told = f"{timezone.localtime(until):%H:%M:%S} 以后会自动接着处理没有完成的部分"
    assert told in page(client, batch)


def test_an_archive_is_read_by_the_worker_shown_and_stored(world: World) -> None:
    forms = [world.record(title=f"项目{number}") for number in range(3)]
    client, batch = upload(world, archive(*forms, picture=b"\x89PNG\r\n"))
    assert batch.state == "reading"
    assert "等后台程序接手" in page(client, batch)
    job = work(batch)
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    shown = page(client, batch)
    assert "确认导入 3 张" in shown
    assert "“picture”是图片" in shown
    assert [form.sheet for form in batch.forms.all()] == [f"单位{n}/表.xlsx/项目{n}" for n in range(3)]
    places = ["0", "1", "2"]
    client.post(reverse("admin:targets_importbatch_confirm", args=[batch.pk]), {"shown": places, "form": places})
    assert Declaration.objects.count() == 3


def test_many_forms_are_stored_by_the_worker(world: World, settings: pytest.FixtureRequest) -> None:
    settings.BACKGROUND_FROM_FORMS = 1  # type: ignore[attr-defined]
    client, batch = upload(world, archive(world.record(title="甲"), world.record(title="乙")))
    work(batch)
    confirm = reverse("admin:targets_importbatch_confirm", args=[batch.pk])
    first, second = (client.post(confirm, {"shown": ["0", "1"], "form": ["0", "1"]}, follow=True) for _ in range(2))
    assert "这个文件" not in first.content.decode()
    assert "这个文件正在导入，没有再次导入。" in second.content.decode()  # a double click asks once
    assert (batch.jobs.filter(kind=STORE).count(), Declaration.objects.count()) == (1, 0)
    assert (work(batch).state, batch.state, batch.created) == ("done", "stored", 2)
    assert "写入的表" in page(client, batch)


def test_a_job_is_cancelled_until_storing_begins(world: World) -> None:
    client, batch = upload(world, archive(world.record()))
    client.post(reverse("admin:targets_importbatch_cancel", args=[batch.pk]))
    assert (work(batch).state, batch.state, Declaration.objects.count()) == ("cancelled", "discarded", 0)
    late = client.post(reverse("admin:targets_importbatch_cancel", args=[batch.pk]), follow=True)
    assert "不能取消" in late.content.decode()


def test_an_archive_without_forms_is_told(world: World) -> None:
    client, batch = upload(world, archive(picture=b"\x89PNG\r\n"))
    work(batch)
    assert batch.state == "unreadable"
    assert "“picture”是图片" in page(client, batch)


def test_of_an_archive_without_any_form_three_files_are_told_and_the_others_counted(world: World) -> None:
    _, batch = upload(world, archive(**{f"{number}.txt": "说明".encode() for number in range(20)}))
    work(batch)
    assert batch.message.count("没有找到绩效目标表") == 3
    assert batch.message.endswith("压缩包里另有17个文件也没有读入。")


def test_a_workbook_without_its_list_of_types_is_no_archive(world: World) -> None:
    """It is broken, but its sheets are there: nobody wants to hear of core.xml and styles.xml."""
    whole = BytesIO(write_official([world.record()]))
    without = BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(without, "w") as new:
        for name in old.namelist():
            if name != "[Content_Types].xml":
                new.writestr(name, old.read(name))
    _, batch = upload(world, without.getvalue(), "表.xlsx")
    assert (batch.state, [form.title for form in batch.forms.all()]) == ("preview", [world.record().title])


def test_a_job_that_breaks_leaves_a_sentence_and_no_half(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, batch = upload(world, archive(world.record()))

    def broken(run: jobs.Run) -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(KINDS, READ, replace(KINDS[READ], do=broken))
    assert work(batch).state == "failed"
    assert "后台读取出错，没有写入任何数据。请重新上传；" in page(client, batch)


def test_of_a_preview_that_could_not_be_stored_is_said_that_it_is_still_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, batch = upload(world, archive(world.record()))
    work(batch)

    def broken(run: jobs.Run) -> str:
        raise ZeroDivisionError

    confirm, chosen = reverse("admin:targets_importbatch_confirm", args=[batch.pk]), {"shown": ["0"], "form": ["0"]}
    with monkeypatch.context() as patched:
        patched.setitem(KINDS, STORE, replace(KINDS[STORE], do=broken))
        told = client.post(confirm, chosen, follow=True).content.decode()
    assert "后台写入出错，没有写入任何数据。预览还在，可以再确认一次；" in told
    client.post(confirm, chosen)
    batch.refresh_from_db()
    assert (batch.state, batch.created) == ("stored", 1)


def test_a_job_whose_worker_is_gone_is_begun_anew_three_times_and_then_given_up(world: World) -> None:
    batch = open_batch(archive(world.record()), "全部.zip", by=world.filler)
    job = start_job(READ_AND_STORE, batch, world.filler)
    for attempt in range(1, 4):
        assert jobs.claim(job.pk) is not None
        assert jobs.claim(job.pk) is None
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert revive_jobs() == 1
        assert revive_jobs() == 0
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("queued", attempt)
    assert work(batch).state == "failed"
    assert "多次中断" in batch.message


def test_whoever_lost_his_lease_writes_nothing_more(world: World) -> None:
    batch = open_batch(archive(world.record()), "全部.zip", by=world.filler)
    job = start_job(READ, batch, world.filler)
    first = jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    second = jobs.claim(job.pk)
    assert first is not None
    assert second is not None
    with pytest.raises(jobs.LeaseLost):
        first.progress(1, 1, "正在读取文件")
    second.progress(1, 1, "正在读取文件")


def test_a_small_file_is_a_job_too_and_outlives_its_request(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server is killed while it reads: the worker takes the file up."""

    def killed(run: jobs.Run) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setitem(KINDS, READ, replace(KINDS[READ], do=killed))
        with pytest.raises(KeyboardInterrupt):
            upload(world, write_official([world.record()]), "表.xlsx")
    batch = ImportBatch.objects.get()
    assert (batch.state, revive_jobs()) == ("reading", 0)
    batch.jobs.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert revive_jobs() == 1
    assert (work(batch).state, batch.state, batch.forms.count()) == ("done", "preview", 1)


def test_the_command_hands_a_file_to_the_worker(world: World, tmp_path: object) -> None:
    path = tmp_path / "全部.zip"  # type: ignore[operator]
    path.write_bytes(archive(world.record()))
    call_command("import_forms", str(path), "--background", "--as", "filler")
    batch = ImportBatch.objects.get()
    assert (work(batch).state, batch.state, Declaration.objects.count()) == ("done", "stored", 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_job_twice() -> None:
    world = make_world()
    batch = open_batch(archive(*(world.record(title=f"项目{n}") for n in range(5))), "全部.zip", by=world.filler)
    job = start_job(READ_AND_STORE, batch, world.filler)
    three_workers(job)
    assert (job.state, job.attempts) == ("done", 1)
    assert [form.revisions.count() for form in Declaration.objects.all()] == [1] * 5


def test_the_command_line_names_forms_for_the_worker_too(world: World, tmp_path: Path) -> None:
    path = tmp_path / "全部.zip"
    path.write_bytes(archive(world.record(title="甲"), world.record(title="乙")))
    call_command("import_forms", str(path), "--background", "--as", "filler", "--only", "乙")
    work(ImportBatch.objects.get())
    assert list(Declaration.objects.values_list("title", flat=True)) == ["乙"]


def test_a_large_file_of_few_forms_is_stored_by_the_worker(world: World, settings: pytest.FixtureRequest) -> None:
    client, batch = upload(world, archive(world.record()))
    work(batch)
    settings.BACKGROUND_FROM_BYTES = 1  # type: ignore[attr-defined]  # its text is more than ten times as long
    client.post(reverse("admin:targets_importbatch_confirm", args=[batch.pk]), {"shown": ["0"], "form": ["0"]})
    assert (work(batch).kind, batch.state, batch.created) == (STORE, "stored", 1)

"""Where files are: collected static ones, and what people attach."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """`collectstatic` always writes names with a hash; pages ask for them only where what it wrote is served."""

    support_js_module_import_aggregation = True  # a new page never meets an old module from the browser's cache

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if settings.STATIC_COLLECTED else name


@deconstructible
class DatabaseStorage(Storage):
    """Files as rows, so that several machines share them and one backup holds them (docs/decisions/0004).

    It has no `url`: a file leaves only through a view that asks who may have it.
    """

    @property
    def _files(self) -> Any:
        return apps.get_model("platform.StoredFile").objects

    def _open(self, name: str, mode: str = "rb") -> ContentFile[bytes]:
        found = self._files.filter(name=name).values_list("content", flat=True).first()
        if found is None:
            raise FileNotFoundError(name)
        return ContentFile(bytes(found), name=name)

    def _save(self, name: str, content: Any) -> str:
        data = content.read()
        self._files.create(name=name, content=data, size=len(data))
        return name

    def exists(self, name: str) -> bool:
        return bool(self._files.filter(name=name).exists())

    def size(self, name: str) -> int:
        return int(self._files.values_list("size", flat=True).get(name=name))

    def delete(self, name: str) -> None:
        self._files.filter(name=name).delete()

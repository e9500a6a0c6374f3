"""Files between preview and confirmation wait in the shared cache, never on a web machine's disk."""

from uuid import uuid4

from django.core.cache import cache
from import_export.tmp_storages import CacheStorage

from departments.room import NotKept

KEPT_SECONDS = 3600


def keep_file(key: str, content: bytes) -> None:
    """Under a key of its own. Raises NotKept where the database could not write, which `cache.set` would keep to itself."""
    if not cache.add(key, content, KEPT_SECONDS):
        raise NotKept(f"{len(content)} bytes")


class KeptFiles(CacheStorage):
    """Of django-import-export."""

    def save(self, data: bytes) -> None:
        self.name = uuid4().hex
        keep_file(self.CACHE_PREFIX + self.name, data)

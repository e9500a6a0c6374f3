"""The frame's own table: files that people attach, kept where every machine of the service finds them."""

from django.db import models


class StoredFile(models.Model):
    """One file of `config.storage.DatabaseStorage`, under the name that the storage gave it."""

    name = models.CharField(max_length=255, unique=True)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

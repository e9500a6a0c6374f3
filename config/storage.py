from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """`collectstatic` always writes names with a hash; pages ask for them only where what it wrote is served."""

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if settings.STATIC_COLLECTED else name

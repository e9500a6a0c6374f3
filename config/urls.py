from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("targets.urls")),
]

handler400 = "config.faults.bad_request"
handler500 = "config.faults.server_error"

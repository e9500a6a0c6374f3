from django.urls import path

from targets import views

app_name = "public"
urlpatterns = [
    path("", views.published_list, name="list"),
    path("forms/<int:pk>/", views.published_form, name="form"),
    path("forms/<int:pk>/form.xlsx", views.published_workbook, name="workbook"),
]

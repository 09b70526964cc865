"""Django REST framework, in one file: pool of connections, no middleware, no pager, orjson."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from psycopg.conninfo import conninfo_to_dict

parts = conninfo_to_dict(os.environ["BENCH_DATABASE"])
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="a benchmark has no secrets",
    INSTALLED_APPS=["rest_framework"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts["dbname"],
            "USER": parts.get("user"),
            "PASSWORD": parts.get("password"),
            "HOST": parts.get("host"),
            "PORT": parts.get("port"),
            # Prepared statements: Django has them with server-side binding alone.
            "OPTIONS": {"pool": {"min_size": 4, "max_size": 4}, "server_side_binding": True},
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["drf_orjson_renderer.renderers.ORJSONRenderer"],
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402


class Observation(models.Model):
    pk = models.CompositePrimaryKey("release", "indicator", "area", "year")
    area = models.TextField()
    area_kind = models.TextField()
    indicator = models.TextField()
    year = models.IntegerField()
    value = models.FloatField(null=True)
    unit = models.TextField()
    stage = models.TextField()
    missing_reason = models.TextField(null=True)
    source = models.TextField()
    release = models.TextField()
    source_cell = models.TextField(null=True)
    notes = models.JSONField()

    class Meta:
        app_label = "bench"
        db_table = "observations"
        managed = False


class ObservationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Observation
        fields = [field.name for field in Observation._meta.fields if field.name != "pk"]


class ObservationQuery(serializers.Serializer):
    release = serializers.CharField(required=False)
    indicator = serializers.CharField(required=False)
    area = serializers.CharField(required=False)
    area_kind = serializers.CharField(required=False)
    year_gte = serializers.IntegerField(default=0)
    year_lte = serializers.IntegerField(default=9999)


class ObservationList(generics.ListAPIView):
    serializer_class = ObservationSerializer
    pagination_class = None

    def get_queryset(self) -> models.QuerySet:
        query = ObservationQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        equal = dict(query.validated_data)
        years = (equal.pop("year_gte"), equal.pop("year_lte"))
        rows = Observation.objects.filter(year__range=years, **equal)
        return rows.order_by("area", "indicator", "year")


urlpatterns = [path("observations", ObservationList.as_view())]
application = get_wsgi_application()

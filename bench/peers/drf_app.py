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


class SpendingYear(models.Model):
    pk = models.CompositePrimaryKey("member", "year")
    member = models.TextField()
    year = models.IntegerField()
    source = models.TextField()
    release = models.TextField()
    stage = models.TextField()
    share_gdp_pct = models.FloatField(null=True)
    spending_usd_m_current = models.FloatField(null=True)
    spending_usd_m_constant = models.FloatField(null=True)
    spending_lcu_m_current = models.FloatField(null=True)
    spending_lcu_m_constant = models.FloatField(null=True)
    currency = models.TextField(null=True)
    constant_base_year = models.IntegerField()
    real_change_pct = models.FloatField(null=True)
    spending_per_capita_usd_constant = models.FloatField(null=True)
    gdp_usd_m_current = models.FloatField(null=True)
    gdp_usd_m_constant = models.FloatField(null=True)
    gdp_per_capita_usd_k_constant = models.FloatField(null=True)
    personnel_thousands = models.FloatField(null=True)
    equipment_share_pct = models.FloatField(null=True)
    personnel_share_pct = models.FloatField(null=True)
    infrastructure_share_pct = models.FloatField(null=True)
    other_share_pct = models.FloatField(null=True)
    missing = models.JSONField()
    notes = models.JSONField()

    class Meta:
        app_label = "bench"
        db_table = "spending_years"
        managed = False


class SpendingYearSerializer(serializers.ModelSerializer):
    class Meta:
        model = SpendingYear
        fields = [field.name for field in SpendingYear._meta.fields]


class SpendingYearQuery(serializers.Serializer):
    member = serializers.CharField(required=False)
    year_gte = serializers.IntegerField(default=0)
    year_lte = serializers.IntegerField(default=9999)


class SpendingYearList(generics.ListAPIView):
    serializer_class = SpendingYearSerializer
    pagination_class = None

    def get_queryset(self) -> models.QuerySet:
        query = SpendingYearQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        years = (asked["year_gte"], asked["year_lte"])
        rows = SpendingYear.objects.filter(year__range=years).order_by("member", "year")
        return rows.filter(member=asked["member"]) if "member" in asked else rows


urlpatterns = [path("spending-years", SpendingYearList.as_view())]
application = get_wsgi_application()

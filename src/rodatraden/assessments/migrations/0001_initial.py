import django.db.models.deletion
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('procurements', '0001_initial'),
        ('records', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QualityModel',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('version', models.PositiveIntegerField(default=1)),
                ('canonical', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('title', '-version', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=60)),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('question', models.TextField(verbose_name='question')),
                ('min_points', models.DecimalField(decimal_places=2, default=0, max_digits=6, verbose_name='minimum points')),
                ('max_points', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='maximum points')),
                ('step', models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name='step')),
                ('steps', models.JSONField(default=list)),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='assessments.qualitymodel')),
            ],
            options={
                'ordering': ('model_id', 'number'),
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('started_at', models.DateTimeField()),
                ('due_on', models.DateField(null=True, verbose_name='individual scores due')),
                ('wide_above', models.DecimalField(decimal_places=2, default=Decimal('0.4'), max_digits=3, verbose_name='wide spread')),
                ('shows_points', models.BooleanField(default=True, verbose_name='the feedback reports tell the points')),
                ('use', models.TextField(blank=True, verbose_name='what the feedback reports may be used for')),
                ('individual_locked_at', models.DateTimeField(null=True)),
                ('consensus_locked_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='procurements.procurement')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='assessments.qualitymodel')),
            ],
            options={
                'ordering': ('-started_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='PanelMember',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('leader', 'Leader'), ('assessor', 'Assessor')], max_length=10)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('joined_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panels', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='assessments.panelmember')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel', to='assessments.round')),
            ],
            options={
                'ordering': ('role', 'person__name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('label', models.CharField(max_length=200)),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='assessments.round')),
            ],
            options={
                'ordering': ('round_id', 'number'),
            },
        ),
        migrations.CreateModel(
            name='FeedbackReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveSmallIntegerField()),
                ('why', models.TextField(blank=True, verbose_name='why there is another version')),
                ('canonical', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('frozen_at', models.DateTimeField()),
                ('frozen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='assessments.item')),
            ],
            options={
                'ordering': ('item', 'version'),
                'constraints': [models.UniqueConstraint(fields=('item', 'version'), name='feedback_report_version_once'), models.CheckConstraint(condition=models.Q(('version', 0), models.Q(('why', ''), _negated=True), _connector='OR'), name='feedback_report_with_a_reason_for_another_version')],
            },
        ),
        migrations.CreateModel(
            name='IndividualScore',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('points', models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name='points')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('strengths', models.TextField(blank=True, verbose_name='strengths')),
                ('improvements', models.TextField(blank=True, verbose_name='areas for improvement')),
                ('places', models.CharField(blank=True, max_length=200, verbose_name='where in the documents')),
                ('saved_at', models.DateTimeField()),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='assessments.criterion')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='assessments.item')),
                ('assessor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='assessments.panelmember')),
            ],
            options={
                'ordering': ('item_id', 'criterion__number', 'assessor_id'),
                'constraints': [models.UniqueConstraint(fields=('item', 'criterion', 'assessor'), name='individual_score_once')],
            },
        ),
        migrations.CreateModel(
            name='Consensus',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('points', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='points')),
                ('reason', models.TextField(verbose_name='reason')),
                ('strengths', models.TextField(blank=True, verbose_name='strengths')),
                ('improvements', models.TextField(blank=True, verbose_name='areas for improvement')),
                ('decided_at', models.DateTimeField()),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consensus', to='assessments.criterion')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consensus', to='assessments.item')),
                ('present', models.ManyToManyField(related_name='+', to='assessments.panelmember')),
            ],
            options={
                'ordering': ('item_id', 'criterion__number', 'number'),
                'constraints': [models.UniqueConstraint(fields=('item', 'criterion', 'number'), name='consensus_number_once')],
            },
        ),
        migrations.CreateModel(
            name='PriceSighting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('material', models.UUIDField(null=True)),
                ('where', models.CharField(max_length=200, verbose_name='where the price stands')),
                ('reported_at', models.DateTimeField()),
                ('measure', models.CharField(blank=True, choices=[('masked', 'The assessors read a copy in which the price is masked'), ('noted', 'It is noted, and why the judging goes on'), ('no_price', 'It is no price of the bid')], max_length=10, verbose_name='what was done')),
                ('explanation', models.TextField(blank=True, verbose_name='how and why')),
                ('handled_at', models.DateTimeField(null=True)),
                ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_sightings', to='assessments.item')),
                ('masked', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
                ('seen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_sightings', to='assessments.panelmember')),
            ],
            options={
                'ordering': ('reported_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('handled_at', None), ('measure', '')), models.Q(('handled_at__isnull', False), models.Q(('measure', ''), _negated=True)), _connector='OR'), name='price_sighting_handled_with_measure')],
            },
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(fields=('model', 'key'), name='criterion_key_once'),
        ),
        migrations.AddConstraint(
            model_name='panelmember',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('round', 'person', 'role'), name='panel_member_once'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('round', 'number'), name='item_number_once'),
        ),
    ]

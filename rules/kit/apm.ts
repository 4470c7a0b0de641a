/** Tools that see errors and times of an application alike. */
import type { Tool } from './telemetry';

export const APM_TOOLS: readonly Tool[] = [
  { name: 'New Relic', packages: ['newrelic'], calls: ['newrelic.agent.initialize', 'newrelic.agent.register_application', 'newrelic.agent.WSGIApplicationWrapper'], command: /\bnewrelic-admin\b/ },
  { name: 'Datadog', packages: ['ddtrace'], calls: ['ddtrace.patch_all', 'ddtrace.patch', 'ddtrace.config.flask'], imported: /^ddtrace\.(auto|contrib)(\.|$)/, listed: /^ddtrace\.|DDTrace/i, command: /\bddtrace-run\b/ },
  { name: 'Elastic APM', packages: ['elastic-apm'], calls: ['elasticapm.contrib.flask.ElasticAPM', 'elasticapm.contrib.starlette.make_apm_client', 'elasticapm.Client', 'elasticapm.instrument'], listed: /elasticapm/, command: /\belasticapm-run\b/ },
  { name: 'OpenTelemetry', packages: ['opentelemetry-sdk', 'opentelemetry-distro', 'opentelemetry-api'], calls: ['*.instrument_app', 'opentelemetry.trace.set_tracer_provider', 'opentelemetry.metrics.set_meter_provider', 'opentelemetry.sdk.trace.TracerProvider', 'opentelemetry.sdk.metrics.MeterProvider', 'opentelemetry.instrumentation.django.DjangoInstrumentor', 'opentelemetry.instrumentation.flask.FlaskInstrumentor'], listed: /OpenTelemetry/i, command: /\bopentelemetry-instrument\b/ },
  { name: 'Azure Monitor', packages: ['azure-monitor-opentelemetry', 'opencensus-ext-azure', 'applicationinsights'], calls: ['azure.monitor.opentelemetry.configure_azure_monitor', 'opencensus.ext.azure.log_exporter.AzureLogHandler', 'opencensus.ext.flask.flask_middleware.FlaskMiddleware', 'applicationinsights.flask.ext.AppInsights'], listed: /^opencensus\.|applicationinsights/ },
  { name: 'AppSignal', packages: ['appsignal'], calls: ['appsignal.Appsignal', 'appsignal.start'], command: /\bappsignal-wrap\b/ },
  { name: 'Scout', packages: ['scout-apm'], calls: ['scout_apm.flask.ScoutApm', 'scout_apm.api.install'], listed: /^scout_apm\.|ScoutMiddleware/ },
  { name: 'Logfire', packages: ['logfire'], calls: ['logfire.configure'] },
  { name: 'Instana', packages: ['instana'], calls: [], imported: /^instana(\.|$)/ },
  { name: 'SkyWalking', packages: ['apache-skywalking'], calls: ['skywalking.agent.start'], command: /\bsw-python\b/ },
];

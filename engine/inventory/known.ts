/** Packages and images that say what an application is built with, and libraries that say whom it talks to. */
import type { StackPart } from '../audit/inventory';

export interface Known { readonly name: string; readonly part: StackPart; readonly packages: readonly string[] }

const of = (part: StackPart, ...all: readonly (readonly [name: string, ...packages: string[]])[]): readonly Known[] => all.map(([name, ...packages]) => ({ name, part, packages }));

/** By the names of packages, in the ecosystem of Python. */
export const PYTHON: readonly Known[] = [
  ...of('framework', ['Flask', 'flask'], ['FastAPI', 'fastapi'], ['Starlette', 'starlette'], ['Django', 'django'], ['Quart', 'quart'], ['Django REST framework', 'djangorestframework'], ['Django Ninja', 'django-ninja'], ['Flask-RESTX', 'flask-restx'], ['APIFlask', 'apiflask'], ['Strawberry', 'strawberry-graphql'], ['Graphene', 'graphene']),
  ...of('server', ['Gunicorn', 'gunicorn'], ['Uvicorn', 'uvicorn'], ['Hypercorn', 'hypercorn'], ['Waitress', 'waitress'], ['uWSGI', 'uwsgi', 'pyuwsgi'], ['Daphne', 'daphne'], ['Granian', 'granian']),
  ...of('data access', ['SQLAlchemy', 'sqlalchemy'], ['Flask-SQLAlchemy', 'flask-sqlalchemy'], ['SQLModel', 'sqlmodel'], ['Alembic', 'alembic'], ['Flask-Migrate', 'flask-migrate'], ['psycopg', 'psycopg', 'psycopg2', 'psycopg2-binary', 'psycopg-binary'], ['asyncpg', 'asyncpg'], ['PyMySQL', 'pymysql'], ['mysqlclient', 'mysqlclient'], ['PyMongo', 'pymongo'], ['Motor', 'motor'], ['Beanie', 'beanie'], ['MongoEngine', 'mongoengine'], ['Peewee', 'peewee'], ['Tortoise ORM', 'tortoise-orm'], ['Pydantic', 'pydantic']),
  ...of('cache or queue', ['Celery', 'celery'], ['Redis client', 'redis'], ['RQ', 'rq'], ['Dramatiq', 'dramatiq'], ['Huey', 'huey'], ['APScheduler', 'apscheduler'], ['Flask-Caching', 'flask-caching']),
  ...of('authentication', ['Flask-Login', 'flask-login'], ['Flask-JWT-Extended', 'flask-jwt-extended'], ['Flask-Security', 'flask-security', 'flask-security-too'], ['PyJWT', 'pyjwt'], ['python-jose', 'python-jose'], ['Authlib', 'authlib'], ['django-allauth', 'django-allauth'], ['Passlib', 'passlib'], ['bcrypt', 'bcrypt'], ['argon2-cffi', 'argon2-cffi']),
  ...of('front end', ['Jinja', 'jinja2'], ['WTForms', 'wtforms', 'flask-wtf']),
  ...of('operation', ['Sentry SDK', 'sentry-sdk'], ['Prometheus client', 'prometheus-client', 'prometheus-flask-exporter', 'prometheus-fastapi-instrumentator', 'django-prometheus'], ['OpenTelemetry', 'opentelemetry-sdk', 'opentelemetry-api'], ['structlog', 'structlog']),
];

/** By the names of packages, in the ecosystem of Node. */
export const NODE: readonly Known[] = [
  ...of('front end', ['React', 'react'], ['Vue', 'vue'], ['Svelte', 'svelte'], ['Angular', '@angular/core'], ['Next.js', 'next'], ['Nuxt', 'nuxt'], ['Alpine.js', 'alpinejs'], ['htmx', 'htmx.org'], ['Vite', 'vite'], ['webpack', 'webpack'], ['Tailwind CSS', 'tailwindcss'], ['Bootstrap', 'bootstrap'], ['jQuery', 'jquery'], ['TypeScript', 'typescript']),
  ...of('framework', ['Express', 'express'], ['Fastify', 'fastify'], ['NestJS', '@nestjs/core'], ['Koa', 'koa']),
];

/** By the last part of an image's name. */
export const IMAGES: Readonly<Record<string, readonly [name: string, part: StackPart]>> = {
  postgres: ['PostgreSQL', 'database'], postgis: ['PostGIS', 'database'], pgvector: ['PostgreSQL', 'database'], timescaledb: ['TimescaleDB', 'database'], mysql: ['MySQL', 'database'], mariadb: ['MariaDB', 'database'], mongo: ['MongoDB', 'database'],
  mongodb: ['MongoDB', 'database'], elasticsearch: ['Elasticsearch', 'database'], opensearch: ['OpenSearch', 'database'], clickhouse: ['ClickHouse', 'database'], redis: ['Redis', 'cache or queue'], valkey: ['Valkey', 'cache or queue'],
  memcached: ['Memcached', 'cache or queue'], rabbitmq: ['RabbitMQ', 'cache or queue'], nginx: ['nginx', 'server'], caddy: ['Caddy', 'server'], traefik: ['Traefik', 'server'],
};

/** By the beginning of what is imported. */
export const SERVICES: readonly (readonly [RegExp, string])[] = [
  [/^stripe(\.|$)/, 'Stripe'], [/^(boto3|botocore|aiobotocore|aioboto3|mypy_boto3_\w+)(\.|$)/, 'Amazon Web Services'], [/^google\.cloud\./, 'Google Cloud'], [/^azure\./, 'Microsoft Azure'], [/^openai(\.|$)/, 'OpenAI'], [/^anthropic(\.|$)/, 'Anthropic'],
  [/^google\.(generativeai|genai)/, 'Google Gemini'], [/^sendgrid(\.|$)/, 'SendGrid'], [/^(sib_api_v3_sdk|brevo_python)(\.|$)/, 'Brevo'], [/^(postmarker|postmark)(\.|$)/, 'Postmark'], [/^mailchimp/, 'Mailchimp'], [/^resend(\.|$)/, 'Resend'], [/^twilio(\.|$)/, 'Twilio'],
  [/^(slack_sdk|slack_bolt|slack|slackclient)(\.|$)/, 'Slack'], [/^(telegram|aiogram|telebot)(\.|$)/, 'Telegram'], [/^discord(\.|$)/, 'Discord'], [/^firebase_admin(\.|$)/, 'Firebase'], [/^supabase(\.|$)/, 'Supabase'], [/^cloudinary(\.|$)/, 'Cloudinary'],
  [/^(paypalrestsdk|paypalcheckoutsdk)(\.|$)/, 'PayPal'], [/^braintree(\.|$)/, 'Braintree'], [/^razorpay(\.|$)/, 'Razorpay'], [/^mollie(\.|$)/, 'Mollie'], [/^plaid(\.|$)/, 'Plaid'], [/^algoliasearch/, 'Algolia'], [/^elasticsearch/, 'Elasticsearch'], [/^pinecone/, 'Pinecone'],
  [/^github(\.|$)|^github3(\.|$)/, 'GitHub'], [/^gitlab(\.|$)/, 'GitLab'], [/^jira(\.|$)/, 'Jira'], [/^(ldap3?|django_auth_ldap)(\.|$)/, 'a directory (LDAP)'], [/^sentry_sdk(\.|$)/, 'Sentry'], [/^(flask_mail|flask_mailman|fastapi_mail|smtplib|aiosmtplib|emails)(\.|$)|^django\.core\.mail/, 'a mail server (SMTP)'],
  [/^(paramiko|pysftp|asyncssh)(\.|$)/, 'hosts by SSH'], [/^apprise(\.|$)/, 'notification services by Apprise'], [/^(minio)(\.|$)/, 'MinIO'], [/^geoip2(\.|$)/, 'MaxMind'], [/^dropbox(\.|$)/, 'Dropbox'], [/^(yfinance)(\.|$)/, 'Yahoo Finance'],
];

/** By what is imported or stands before a route: how visitors prove who they are. */
export const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/^flask_login(\.|$)/, 'session cookie (Flask-Login)'], [/^flask_security(\.|$)/, 'session cookie (Flask-Security)'], [/^django\.contrib\.auth(\.|$)/, 'session cookie (Django)'], [/^flask_jwt_extended(\.|$)/, 'signed tokens (Flask-JWT-Extended)'],
  [/^(jwt|jose)(\.|$)/, 'signed tokens (JWT)'], [/^fastapi\.security.*\.OAuth2PasswordBearer$|^fastapi\.security.*\.HTTPBearer$/, 'bearer tokens'], [/^fastapi\.security.*\.APIKey\w+$/, 'API keys'], [/^fastapi\.security.*\.HTTPBasic$/, 'HTTP basic authentication'],
  [/^flask_httpauth\.HTTPBasicAuth/, 'HTTP basic authentication'], [/^flask_httpauth\.HTTPTokenAuth/, 'bearer tokens'], [/^rest_framework(_simplejwt|\.authtoken|\.authentication)/, 'tokens of Django REST framework'],
  [/^(authlib|flask_dance|requests_oauthlib|social_django|social_core|flask_oauthlib|httpx_oauth|google_auth_oauthlib|google\.oauth2\.id_token)(\.|$)/, 'sign-in by another provider (OAuth)'], [/^allauth(\.|$)/, 'session cookie (django-allauth)'], [/^(onelogin\.saml2|saml2|djangosaml2)/, 'single sign-on (SAML)'],
  [/^(ldap3?|django_auth_ldap)(\.|$)/, 'a directory (LDAP)'], [/^(webauthn|fido2)(\.|$)/, 'passkeys'], [/^pyotp(\.|$)|^django_otp(\.|$)/, 'one-time codes'],
];

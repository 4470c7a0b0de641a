import assert from 'node:assert/strict';
import type { Column, Model } from '../../rules/kit';
import { moduleOf, projectOf, say } from '../support/python';

/** A column in a few words: `email: String(120) required unique`. */
function told(one: Column): string {
  const facts = [
    one.type && `${one.type.name}${one.length === undefined ? '' : `(${one.length})`}`, one.annotation, one.nullable === false ? 'required' : one.nullable === undefined ? 'maybe' : '', one.primaryKey && 'key', one.unique && 'unique', one.index && 'index',
    one.foreignKey && `to ${one.foreignKey.target}${one.foreignKey.onDelete ? ` on delete ${one.foreignKey.onDelete}` : ''}`, one.default && `default ${one.default.how} ${one.default.callee ?? say(one.default.value)}`, one.serverDefault && `server ${say(one.serverDefault)}`,
    one.from && `from ${one.from.model}`,
  ];
  return `${one.name}: ${facts.filter(Boolean).join(' ')}`;
}
const constraints = (model: Model | undefined) => model?.constraints.map((each) => [each.unique && each.kind !== 'unique' ? `unique ${each.kind}` : each.kind, each.columns.join(','), each.partial && 'partial', each.expression && 'expression', each.expires && 'expires'].filter(Boolean).join(' '));
const only = async (text: string, name?: string) => { const { models } = await moduleOf(text); const found = name === undefined ? models.at(-1) : models.find((each) => each.name === name); assert.ok(found, `no model in ${models.map((each) => each.name).join(', ')}`); return found; };

describe('models of SQLAlchemy', () => {
  it('reads columns in the classic way', async () => {
    const model = await only('from flask_sqlalchemy import SQLAlchemy\nimport datetime as dt\ndb = SQLAlchemy()\nclass User(db.Model):\n    __tablename__ = "users"\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column("mail", db.String(120), unique=True, nullable=False)\n    team_id = db.Column(db.ForeignKey("team.id", ondelete="CASCADE"), index=True)\n    made = db.Column(db.DateTime, default=dt.datetime.utcnow)\n    once = db.Column(db.DateTime, default=dt.datetime.utcnow())\n    late = db.Column(db.DateTime, default=lambda: dt.datetime.now(), server_default=db.func.now())\n    posts = db.relationship("Post")\n');
    assert.deepEqual([model.name, model.table, model.orm, model.abstract], ['User', 'users', 'sqlalchemy', false]);
    assert.deepEqual(model.columns.map(told), [
      'id: Integer required key', 'email: String(120) required unique', 'team_id: index to team.id on delete CASCADE', 'made: DateTime default name datetime.datetime.utcnow',
      'once: DateTime default call datetime.datetime.utcnow', 'late: DateTime default lambda ? server @flask_sqlalchemy.SQLAlchemy.func.now()',
    ]);
    assert.equal(model.columns[1]?.column, 'mail');
    assert.deepEqual(model.relations.map((each) => [each.name, each.target]), [['posts', 'Post']]);
  });

  it('reads a model of a db that nothing is known of', async () => {
    const model = await only('class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    total = db.Column(db.Float)\ndb = None\n');
    assert.deepEqual(model.columns.map(told), ['id: Integer required key', 'total: Float']);
  });

  it('reads mapped annotations', async () => {
    const model = await only('from datetime import datetime\nfrom typing import Optional\nfrom sqlalchemy import String, ForeignKey\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship\nclass Base(DeclarativeBase):\n    pass\nclass User(Base):\n    __tablename__ = "user"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    email: Mapped[str] = mapped_column(String(80), unique=True)\n    nick: Mapped[Optional[str]]\n    bio: Mapped[str | None] = mapped_column(deferred=True)\n    seen: Mapped[datetime]\n    orders: Mapped[list["Order"]] = relationship(back_populates="user")\n    team: Mapped["Team"] = relationship()\n');
    assert.deepEqual(model.columns.map(told), ['id: int required key', 'email: String(80) str required unique', 'nick: str', 'bio: str', 'seen: datetime.datetime required']);
  });

  it('reads what stands beside the columns, and after the class', async () => {
    const model = await only('from sqlalchemy import CheckConstraint, Column, Index, Integer, UniqueConstraint, func\nfrom base import Base\nclass Slot(Base):\n    __tablename__ = "slot"\n    __table_args__ = (UniqueConstraint("room", "day", name="u"), Index("ix", "day", unique=True, postgresql_where=None), CheckConstraint("day > 0"), {"schema": "x"})\n    room = Column(Integer)\n    day = Column(Integer)\nIndex("lower", func.lower(Slot.room), unique=True)\nIndex("newest", Slot.day.desc())\n');
    assert.deepEqual(constraints(model), ['unique room,day', 'unique index day partial', 'check', 'unique index room expression', 'index day']);
  });

  it('reads Table objects, and says which classes are mixins', async () => {
    const module = await moduleOf('from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table\nfrom sqlalchemy.orm import declared_attr\nmetadata = MetaData()\nusers = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(20), nullable=False), Index("ix", "name"))\nclass Owned:\n    made = Column(DateTime)\n    @declared_attr\n    def owner_id(cls):\n        return Column(ForeignKey("users.id"))\n');
    assert.deepEqual(module.models.map((each) => [each.name, each.table, each.abstract]), [['users', 'users', false], ['Owned', undefined, true]]);
    assert.deepEqual(module.models.map((each) => each.columns.map(told)), [['id: Integer required key', 'name: String(20) required'], ['made: DateTime', 'owner_id: to users.id']]);
    assert.deepEqual(constraints(module.models[0]), ['index name']);
  });

  it('takes other things that are called Column, Table and Field for no model', async () => {
    const module = await moduleOf('import django_tables2 as tables\nfrom rest_framework import serializers\nfrom wtforms import FloatField, Form\nfrom rich.table import Table\nclass Orders(tables.Table):\n    total = tables.Column()\nclass Order(serializers.ModelSerializer):\n    total = serializers.FloatField()\nclass Pay(Form):\n    total = FloatField()\nshown = Table("Orders")\n');
    assert.deepEqual(module.models, []);
  });
});

describe('models of other libraries', () => {
  it('reads Django', async () => {
    const model = await only('from django.contrib.auth.models import User\nfrom django.db import models\nfrom django.db.models.functions import Lower\nfrom django.utils import timezone\nclass Order(models.Model):\n    user = models.ForeignKey(User, on_delete=models.CASCADE)\n    email = models.EmailField(max_length=100, db_index=True)\n    slug = models.SlugField()\n    note = models.TextField(null=True, default="")\n    made = models.DateTimeField(default=timezone.now)\n    tags = models.ManyToManyField("Tag")\n    class Meta:\n        db_table = "orders"\n        unique_together = ("user", "slug")\n        indexes = [models.Index(fields=["-made", "user"]), models.Index(Lower("email"), name="x")]\n        constraints = [models.UniqueConstraint(fields=["email"], condition=models.Q(note="a"), name="y")]\n');
    assert.deepEqual([model.table, model.orm, model.foreign], ['orders', 'django', false]);
    assert.deepEqual(model.columns.map(told), ['user: ForeignKey required index to django.contrib.auth.models.User on delete CASCADE', 'email: EmailField(100) required index', 'slug: SlugField required index', 'note: TextField default constant ""', 'made: DateTimeField required default name django.utils.timezone.now']);
    assert.deepEqual(constraints(model), ['unique user,slug', 'index made,user', 'index email expression', 'unique email partial']);
  });

  it('reads SQLModel', async () => {
    const model = await only('from datetime import datetime\nfrom sqlalchemy import Column, Text\nfrom sqlmodel import Field, Relationship, SQLModel\nclass Hero(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    email: str = Field(unique=True, index=True, max_length=80)\n    team_id: int | None = Field(default=None, foreign_key="team.id", ondelete="SET NULL")\n    made: datetime = Field(default_factory=datetime.utcnow)\n    note: str = Field(default="", sa_column=Column(Text, nullable=False))\n    size: float = 1.5\n    team: "Team" = Relationship(back_populates="heroes")\n');
    assert.deepEqual(model.columns.map(told), [
      'id: int required key default constant None', 'email: str required unique index', 'team_id: int to team.id on delete SET NULL default constant None', 'made: datetime.datetime required default name datetime.datetime.utcnow',
      'note: Text str required default constant ""', 'size: float required default constant 1.5',
    ]);
    assert.equal(model.columns[1]?.length, 80);
    assert.equal((await only('from sqlmodel import SQLModel\nclass HeroCreate(SQLModel):\n    name: str\n')).abstract, true);
  });

  it('reads peewee, with its star import', async () => {
    const model = await only('from peewee import *\nclass Base(Model):\n    pass\nclass User(Base):\n    email = CharField(unique=True)\n    team = ForeignKeyField(Team, on_delete="CASCADE")\n    age = IntegerField(null=True)\n    class Meta:\n        table_name = "users"\n        indexes = ((("email", "age"), True),)\n');
    assert.deepEqual([model.orm, model.table], ['peewee', 'users']);
    assert.deepEqual(model.columns.map(told), ['email: CharField required unique', 'team: ForeignKeyField required index to peewee.Team on delete CASCADE', 'age: IntegerField']);
    assert.deepEqual(constraints(model), ['unique index email,age']);
  });

  it('reads documents of MongoDB', async () => {
    const engine = await only('from mongoengine import Document, StringField, DateTimeField\nclass Token(Document):\n    value = StringField(required=True, unique=True)\n    until = DateTimeField()\n    meta = {"collection": "tokens", "indexes": ["value", ("value", "-until"), {"fields": ["until"], "expireAfterSeconds": 0}]}\n');
    assert.deepEqual([engine.orm, engine.table, engine.columns.map(told), constraints(engine)], ['mongoengine', 'tokens', ['value: StringField required unique', 'until: DateTimeField'], ['index value', 'index value,until', 'index until expires']]);
    const beanie = await only('from typing import Annotated, Optional\nfrom beanie import Document, Indexed\nfrom pymongo import IndexModel\nclass User(Document):\n    email: Indexed(str, unique=True)\n    name: Annotated[str, Indexed()]\n    age: Optional[int] = None\n    class Settings:\n        name = "people"\n        indexes = ["age", [("age", 1), ("name", -1)], IndexModel([("email", 1)], unique=True)]\n');
    assert.deepEqual([beanie.orm, beanie.table, beanie.columns.map(told), constraints(beanie)], ['beanie', 'people', ['email: str required unique index', 'name: str required index', 'age: int default constant None'], ['index age', 'index age,name', 'unique index email']]);
  });

  it('reads tortoise', async () => {
    const model = await only('from tortoise import fields\nfrom tortoise.models import Model\nclass User(Model):\n    id = fields.IntField(pk=True)\n    email = fields.CharField(80, unique=True)\n    made = fields.DatetimeField(auto_now_add=True)\n    class Meta:\n        table = "users"\n        unique_together = (("email", "made"),)\n');
    assert.deepEqual([model.table, model.columns.map(told), constraints(model)], ['users', ['id: IntField required key', 'email: CharField(80) required unique', 'made: DatetimeField required'], ['unique email,made']]);
  });
});

describe('models that are being written', () => {
  it('never throws on any prefix', async () => {
    const program = 'from sqlalchemy import *\nclass A(Base, table=True):\n    __table_args__ = (UniqueConstraint("a"), *B.c, {"x": 1})\n    a: Mapped[Optional[str]] = mapped_column(String(3), ForeignKey("b.id", ondelete="X"), default=lambda: f())\n    class Meta:\n        unique_together = (("a", "b"),)\n        indexes = [Index(fields=["a"])]\nT = Table("t", m, Column("a", Integer))\nrevision = "1"\ndef upgrade():\n    with op.batch_alter_table("t") as b:\n        b.add_column(Column("x"))\n';
    for (let length = 0; length <= program.length; length++) await moduleOf(program.slice(0, length));
  });
});

describe('models of a project', () => {
  it('join what is inherited from other files, and leave mixins out', async () => {
    const project = await projectOf({
      'app/db.py': 'from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n',
      'app/mixins.py': 'from sqlalchemy import Column, DateTime, Index\nclass Stamped:\n    made = Column(DateTime, index=True)\nclass Named(Stamped):\n    name = Column(DateTime)\n',
      'app/models.py': 'from sqlalchemy import Column, Integer\nfrom .db import Base\nfrom .mixins import Named\nclass User(Named, Base):\n    id = Column(Integer, primary_key=True)\n    name = Column(Integer)\nclass Admin(User):\n    pass\n',
      'app/views.py': 'from app.models import User\nimport app.models as m\n',
    });
    assert.deepEqual(project.models.map((each) => [each.name, each.model.columns.map(told)]), [['app.models.User', ['id: Integer required key', 'name: Integer', 'made: DateTime index from Stamped']]]);
    const views = project.modules.find((each) => each.path === 'app/views.py');
    assert.ok(views);
    assert.deepEqual([project.model('app.models.User.made', views)?.rest, project.model('app.models.User.id', views)?.rest], ['made', 'id']);
    assert.deepEqual([project.model('app.models.User.query', views)?.rest, project.model('app.models.Admin.query', views)?.mapped.name, project.model('app.views.User', views)?.mapped.name, project.model('app.models.Nobody', views)], ['query', 'app.models.User', 'app.models.User', undefined]);
  });

  it('knows a schema of SQLModel from a table, over files', async () => {
    const project = await projectOf({
      'base.py': 'from sqlmodel import Field, SQLModel\nclass UserBase(SQLModel):\n    email: str = Field(unique=True)\n',
      'models.py': 'from base import UserBase\nclass User(UserBase, table=True):\n    id: int\nclass UserCreate(UserBase):\n    password: str\n',
    });
    assert.deepEqual(project.models.map((each) => [each.model.name, each.model.columns.map(told)]), [['User', ['id: int required', 'email: str required unique from UserBase']]]);
  });

  it('says when a library may bring more', async () => {
    const project = await projectOf({ 'models.py': 'from fastapi_users.db import SQLAlchemyBaseUserTable\nfrom sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\nclass User(SQLAlchemyBaseUserTable, Base):\n    __tablename__ = "u"\n    age = Column(Integer)\nclass Item(Base):\n    __tablename__ = "i"\n    size = Column(Integer)\nclass A(B):\n    x = Column(Integer)\nclass B(A):\n    y = Column(Integer)\n' });
    assert.deepEqual(project.models.map((each) => [each.model.name, each.model.open]), [['User', true], ['Item', false]]);
  });
});

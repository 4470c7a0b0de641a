import assert from 'node:assert/strict';
import { isFiltered, isLimited, queriesIn } from '../../rules/kit';
import { projectOf } from '../support/python';

/** Queries of a text in short: `Order query.filter_by.all filtered`. */
async function queries(text: string): Promise<readonly string[]> {
  const project = await projectOf({ 'app.py': text, 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Order(db.Model):\n    pass\n' });
  return project.modules.filter((each) => each.path === 'app.py').flatMap((module) => queriesIn(module, project).map((each) => [each.model, each.chain.join('.'), each.single && 'single', isFiltered(each) && 'filtered', isLimited(each) && 'limited'].filter(Boolean).join(' ')));
}

describe('queries', () => {
  it('knows the model and the chain', async () => {
    assert.deepEqual(await queries('from models import Order\nOrder.query.all()\nOrder.query.filter_by(a=1).first()\nOrder.query.order_by("a").limit(5).all()\nOrder.query.get(1)\n'), ['Order all', 'Order filter_by.first single filtered limited', 'Order order_by.limit.all limited', 'Order get single']);
  });

  it('knows sessions and statements', async () => {
    const text = 'from sqlalchemy import select, update\nfrom sqlalchemy.orm import Session\nfrom models import Order, db\ndef f(s: Session):\n    s.query(Order).filter(Order.a == 1).all()\n    s.execute(select(Order).where(Order.a == 1).limit(5)).scalars().all()\n    s.get(Order, 1)\n    db.session.scalars(select(Order))\n    s.execute(update(Order))\n    found = s.execute(select(Order))\n    found.scalars().all()\n';
    assert.deepEqual(await queries(text), ['Order query.filter.all filtered', 'Order execute.scalars.all.where.limit filtered limited', 'Order get single', 'Order scalars', 'Order execute']);
  });

  it('knows Django and MongoDB', async () => {
    assert.deepEqual(await queries('from shop.models import Order, UserSession\nOrder.objects.filter(a=1).count()\nUserSession.objects.all()\nasync def f(db):\n    await db.items.find({"a": 1}).to_list(5)\n    await db.items.find_one({})\n'), ['Order filter.count single filtered', 'UserSession all', 'items find.to_list', 'items find_one single']);
  });

  it('takes nothing else for a query', async () => {
    assert.deepEqual(await queries('import requests\nfrom flask import request, session\ns = requests.Session()\ns.get("https://example.com")\nrequest.args.get("a")\nsession.get("a")\n{}.get("a")\nconfig.query.all()\n"a".count("b")\nall([1])\n'), []);
  });
});

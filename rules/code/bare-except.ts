import { asksOnly, attempted, cleansUp, costOf, discards, handler, isProgram, loggerOf, logging, losesWork, onlyConverts, onlyPasses, placeOf, replace, rule } from '../kit';
import type { Variation } from '../kit';

const ANOTHER: Variation = { severity: 'low', because: 'only a value is asked for, and another is found for it' };

export default rule({
  id: 'bare-except',
  title: 'No bare except clauses',
  severity: 'high', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'It also catches Ctrl-C, worker shutdown and typos, so the process neither stops nor tells. The bug surfaces far away.',
  how: 'Catch the exceptions you expect.',
  links: ['https://peps.python.org/pep-0008/#programming-recommendations', 'https://docs.python.org/3/tutorial/errors.html'],
  anchors: ['ruff E722', 'CWE-396'],
  hides: ['exception-swallowed', 'broad-except', 'log-without-traceback'],

  on: handler(),
  check: ({ handler: one, module }, { source, project }) => {
    if (module.language !== 'python' || one.catchesAt || one.reraises) return false;
    if (cleansUp(one, source)) return { severity: 'low', because: 'it only guards a clean-up' };
    if (discards(one) && onlyConverts(one)) return { severity: 'low', because: 'it only guards a conversion' };
    if (isProgram(module, project)) return { severity: 'low', because: 'whoever started the program by hand sees how it ends' };
    if (!discards(one)) return one.repeats || (asksOnly(one, module, source) ? ANOTHER : { severity: 'medium', because: 'something is done about what it catches' });
    const cost = costOf(one, module, source, project);
    return cost === undefined || (one.repeats && one.tries.length > 0 && !losesWork(one)) ? { points: 12, because: 'it discards the exception as well' } : cost;
  },
  message: ({ handler: one }) => `A bare except catches everything, exits included, ${placeOf(one)}.`,
  underline: ({ handler: one }) => one.keyword,
  holds: ({ handler: one, module }) => module.language === 'python' && one.catchesAt ? 'Names what it catches' : undefined,
  nothing: 'Nothing catches exceptions.',
  summary: (count) => count === 1 ? 'The only except clause is not bare' : `${count} except clauses, none of them bare`,

  fix: {
    title: 'Catch Exception',
    safety: 'safe',
    edit: ({ handler: one, module }, { source }) => {
      const logger = onlyPasses(one) ? loggerOf(module, one) : undefined;
      return [replace(one.keyword, 'except Exception'), ...(logger ? logging(one, logger, attempted(one, source), source) : [])];
    },
  },

  examples: () => ({
    'a constant for every fault': { severity: 'low',
      bad: 'def total(rows):\n    try:\n        return sum(r.price for r in rows)\n    except:\n        return 0\n',
      good: 'def total(rows):\n    try:\n        return sum(r.price for r in rows)\n    except Exception:\n        return 0\n',
    },
    'every fault passed over': {
      bad: 'def close(conn):\n    try:\n        conn.close()\n    except:\n        pass\n', good: 'def close(conn):\n    try:\n        conn.close()\n    except Exception:\n        pass\n', severity: 'low',
    },
    'passed over, with a logger at hand': { severity: 'low',
      bad: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef close(conn):\n    try:\n        conn.close()\n    except:\n        pass\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef close(conn):\n    try:\n        conn.close()\n    except Exception:\n        logger.exception("conn.close failed")\n',
    },
    'around a query': { bad: 'def find(number):\n    try:\n        return Owner.objects.get(id=int(number))\n    except:\n        return None\n', severity: 'medium' },
    'around the old file of a field': { bad: 'def replace(item, upload):\n    try:\n        item.picture.delete(save=False)\n    except:\n        pass\n    item.picture = upload\n', severity: 'low' },
    'on one line': { bad: 'try: start()\nexcept : pass\n', good: 'try: start()\nexcept Exception : pass\n' },
    'expected and named': { good: 'def total(rows):\n    try:\n        return sum(r.price for r in rows)\n    except (AttributeError, TypeError):\n        return 0\n' },
    're-raises': { good: 'def run(job, lock):\n    try:\n        job()\n    except:\n        lock.release()\n        raise\n' },
    'every path raises': { good: 'def run(job, strict):\n    try:\n        job()\n    except:\n        if strict:\n            raise\n        else:\n            raise RuntimeError("job failed")\n' },
    'it logs, and still stops nothing': { severity: 'medium', bad: 'import logging\n\ndef run(job):\n    try:\n        job()\n    except:\n        logging.error("job failed")\n' },
    'a worker that cannot be stopped': { bad: 'def serve(queue):\n    while True:\n        try:\n            queue.get_next()\n        except:\n            pass\n', severity: 'high' },
    'a mark in a loop': { bad: 'def watch(page, state):\n    while not state["stop"]:\n        try:\n            if "new" in page.text:\n                state["new"] = True\n        except:\n            pass\n', severity: 'medium' },
    'word to the makers of the program, in a loop that ends': { bad: 'import requests\n\ndef send_usage_report(stop, figures):\n    while not stop.is_set():\n        try:\n            requests.post("https://tool.example.com/usage", json=figures, timeout=5)\n        except:\n            pass\n        stop.wait(86400)\n', severity: 'low' },
    'a message that is lost': { bad: 'def tell(mailer, text):\n    try:\n        mailer.send(text)\n    except:\n        pass\n', severity: 'high' },
    'another language instead': { bad: 'from shop.dates import ago\n\ndef since(then, language):\n    try:\n        return ago(then, language)\n    except:\n        return ago(then, "en")\n', severity: 'low' },
    'a record from elsewhere instead': { bad: 'def owner(number, shops):\n    try:\n        return Owner.objects.get(id=number)\n    except:\n        return shops.first_owner()\n', severity: 'medium' },
    'a program that drives a browser': { path: 'look.py', bad: 'from playwright.sync_api import sync_playwright\n\ndef look(page):\n    try:\n        page.click("#buy")\n    except:\n        page.screenshot(path="failed.png")\n\nif __name__ == "__main__":\n    with sync_playwright() as p:\n        look(p.chromium.launch().new_page())\n', severity: 'low' },
    'a file that is only tidied up': { bad: 'import os\n\ndef discard(path):\n    try:\n        os.unlink(path)\n    except:\n        pass\n', severity: 'low' },
    'a number or none': { bad: 'def number(text):\n    try:\n        return int(text.strip())\n    except:\n        return None\n', severity: 'low' },
    'in a finalizer': { bad: 'class Client:\n    def __del__(self):\n        try:\n            self.socket.close()\n        except:\n            pass\n', severity: 'low' },
    'only in text': { good: 'HELP = """\ntry: ...\nexcept:\n    pass\n"""\n# except:\n' },
    'tests': { path: 'tests/test_it.py', good: 'def test_it():\n    try:\n        go()\n    except:\n        pass\n' },
  }),
});

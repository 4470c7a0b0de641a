import type { Assignment, Call, Handler, Module, Project, Selector, Span, Value } from '../kit';
import { onlyAsProgram, onlyInDevelopment, options, rule } from '../kit';

/** A path of one machine, where the code uses it. */
interface Used { readonly module: Module; readonly text: string; readonly at: Span; readonly call?: Call }

/** Calls that open, read or write what a path names. */
const OPENERS = [
  'open', 'io.open', 'codecs.open', 'pathlib.Path', 'os.listdir', 'os.makedirs', 'os.mkdir', 'os.path.join', 'os.chdir', 'shutil.copy', 'shutil.copyfile', 'shutil.move', 'sys.path.append', 'sys.path.insert',
  'reportlab.pdfbase.ttfonts.TTFont', 'PIL.ImageFont.truetype', 'subprocess.run', 'subprocess.Popen', 'subprocess.call', 'subprocess.check_output', 'subprocess.check_call', 'sqlite3.connect', 'pandas.read_csv', 'pandas.read_excel',
  'dotenv.load_dotenv', 'ctypes.CDLL', 'ctypes.cdll.LoadLibrary', 'logging.FileHandler', 'logging.handlers.RotatingFileHandler', '*.save', '*.add_font',
] as const;

const OF_A_DRIVE = /^[A-Za-z]:[\\/](?![\\/])\S/;
const OF_A_PERSON = /^(\/Users\/[^/\s]+|\/home\/(?!(?:app|appuser|web|www|site|user|node|python|django|flask|nonroot|runner|service|deploy|vscode|jovyan)\/)[^/\s{}<>$]+)\/\S/;
/** What all of these begin with: most texts are passed over at once. */
const ABSOLUTE = /^([A-Za-z]:[\\/]|\/(Users|home|usr\/share\/fonts|System|Library)\/)/;
const FONTS = /^(\/usr\/share\/fonts\/|\/System\/Library\/Fonts\/|\/Library\/Fonts\/|C:[\\/]Windows[\\/]Fonts[\\/])/i;

export default rule<Used>({
  id: 'hardcoded-deployment-value',
  title: 'Machine paths come from configuration',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `The code works on one machine and fails in the container, often silently. Values that operators must change should not need a release.`,
  how: `Bundle files with the application, and read other paths from configuration.`,
  links: ['https://12factor.net/config'],
  anchors: ['CWE-426'],

  on: paths(),
  check: ({ module, text, at, call }, { project }) => {
    if (!isOfOneMachine(text, project)) return false;
    const hidden = call && FONTS.test(text) && module.handlers.some((each) => hides(each, at));
    return hidden ? { severity: 'medium', points: 4, because: 'the failure is caught, so nobody will see it' } : true;
  },
  message: ({ text }) => FONTS.test(text) ? `${shown(text)} is a font of one machine.` : `${shown(text)} is a path of one machine.`,
  underline: ({ at }) => at,
  nothing: 'No absolute path is in the code.',

  examples: () => ({
    'a font of Windows': { bad: 'from reportlab.pdfbase import pdfmetrics\nfrom reportlab.pdfbase.ttfonts import TTFont\npdfmetrics.registerFont(TTFont("Body", "C:/Windows/Fonts/arial.ttf"))\n', path: 'report.py' },
    'a font that may be missing, and nobody hears of it': {
      severity: 'medium',
      bad: 'from PIL import ImageFont\n\n\ndef font():\n    try:\n        return ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 12)\n    except OSError:\n        return None\n', path: 'badge.py',
    },
    'somebody\'s home': { bad: 'REPORTS = "/home/anna/projects/shop/reports"\n', path: 'reports.py' },
    'somebody\'s home on a Mac, in a call': { bad: 'import pandas as pd\n\n\ndef rates():\n    return pd.read_csv("/Users/anna/Desktop/rates.csv")\n', path: 'rates.py' },
    'a drive': { bad: 'from pathlib import Path\n\nEXPORTS = Path(r"D:\\exports\\orders")\n', path: 'exports.py' },
    'bundled with the application': { good: 'from pathlib import Path\nfrom reportlab.pdfbase import pdfmetrics\nfrom reportlab.pdfbase.ttfonts import TTFont\nFONTS = Path(__file__).parent / "fonts"\npdfmetrics.registerFont(TTFont("Body", str(FONTS / "body.ttf")))\n', path: 'report.py' },
    'the image installs the font': { good: { 'badge.py': 'from PIL import ImageFont\n\nFONT = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 12)\n', Dockerfile: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y fonts-dejavu-core\nCMD ["gunicorn", "badge:app"]\n' } },
    'a default that the environment replaces': { good: 'import os\n\nREPORTS = os.getenv("REPORTS_DIR", "/home/anna/reports")\nOTHER = os.environ.get("OTHER_DIR") or "/home/anna/other"\n', path: 'reports.py' },
    'paths of every system': { good: 'TZ = open("/etc/timezone")\nCERTS = "/etc/ssl/certs/ca-certificates.crt"\nSOCKET = "/var/run/docker.sock"\nDATA = "/var/lib/shop"\nHOME = "/home/app/data"\n', path: 'system.py' },
    'tests and scripts': { good: { 'tests/test_paths.py': 'PATH = "/home/anna/x"\n', 'scripts/import.py': 'open("/Users/anna/x.csv")\n' } },
    'several to try': { good: 'import os\n\nFONTS = ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "C:/Windows/Fonts/arial.ttf"]\n\n\ndef font():\n    return next((each for each in FONTS if os.path.exists(each)), None)\n', path: 'font.py' },
    'run by hand': { good: 'if __name__ == "__main__":\n    print(open("/home/anna/x.csv").read())\n', path: 'tool.py' },
    'addresses are no drives': { good: 'LINK = "C://nothing"\nURL = "s3://bucket/home/anna/x"\nPATTERN = "/home/<user>/x"\nROUTE = "/home/dashboard"\n', path: 'links.py' },
  }),
});

function paths(): Selector<Used> {
  return {
    kinds: ['module'], callees: OPENERS,
    *select(unit) {
      if (unit.kind !== 'module') return;
      for (const one of unit.assignments) if (mayBeSetting(one)) yield* written(one.value, unit);
      for (const one of unit.calls) {
        if (onlyInDevelopment(one) || onlyAsProgram(one) || !isOpener(one.callee)) continue;
        for (const each of [...one.args, ...one.keywords.map((keyword) => keyword.value)]) for (const used of written(each, unit)) if (!isNamed(used, unit)) yield { ...used, call: one };
      }
    },
  };
}

const NAMED = new Set<string>(OPENERS.filter((each) => !each.startsWith('*.')));
function isOpener(callee: string): boolean {
  return NAMED.has(callee) || /\.(save|add_font)$/.test(callee);
}

/** A constant of the module or of a configuration, and not a thing on the way. */
function mayBeSetting(one: Assignment): boolean {
  const last = one.target.slice(one.target.lastIndexOf('.') + 1);
  return /^[A-Z][A-Z0-9_]+$/.test(last) && !onlyInDevelopment(one) && !onlyAsProgram(one);
}

/** Texts that are the value itself, or the first part of a path; fallbacks of the environment are none. */
function* written(value: Value, module: Module): Iterable<Used> {
  for (const each of value.kind === 'choice' && value.by === 'or' ? [] : options(value)) {
    const first = each.kind === 'result' && /(^|\.)(Path|PurePath|join)$/.test(each.callee) ? each.args[0] : each.kind === 'joined' && each.how !== 'join' ? each.parts[0] : each;
    if (first?.kind === 'text' && ABSOLUTE.test(first.value)) yield { module, text: first.value, at: each.kind === 'joined' ? each.at : first.at };
  }
}

/** What a constant says is told where the constant is given its value. */
function isNamed({ text, at }: Used, module: Module): boolean {
  return module.assignments.some((each) => mayBeSetting(each) && [...written(each.value, module)].some((one) => one.text === text && (one.at.start !== at.start || each.at.start <= at.start)));
}

function isOfOneMachine(text: string, project: Project): boolean {
  if (/[\n<>*|]/.test(text) || text.length > 260) return false;
  if (FONTS.test(text)) return !text.startsWith('/usr/share') || !installsFonts(project);
  if (OF_A_PERSON.test(text)) return !project.production.some((unit) => (unit.kind === 'dockerfile' || unit.kind === 'ini' || unit.kind === 'nginx') && (project.text(unit.path) ?? '').includes(text.split('/').slice(0, 3).join('/')));
  return OF_A_DRIVE.test(text);
}

function installsFonts(project: Project): boolean {
  return project.once('installsFonts', () => project.of('dockerfile').some((unit) => unit.stages.some((stage) => stage.instructions.some((each) => each.keyword === 'RUN' && /\b(fonts?-|ttf-|msttcorefonts|fontconfig)/.test(each.text)) || stage.instructions.some((each) => (each.keyword === 'COPY' || each.keyword === 'ADD') && /fonts/.test(each.text)))));
}

/** The failure to open it is caught and goes no further. */
function hides(handler: Handler, at: Span): boolean {
  return handler.tryBody.start <= at.start && at.end <= handler.tryBody.end && !handler.reraises && !handler.does.includes('raise') && !handler.does.includes('log');
}

/** A path as a message shows it: its beginning. */
function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

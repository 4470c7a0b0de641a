/** What really runs: from the statements of modules and the hooks frameworks call, along the calls between functions. */
import type { Func, Module, Standing } from '../../rules/kit';
import { classByPath } from '../../rules/kit';
import { qualified } from './names';

/** Functions that a server or a framework calls by itself at start. */
const ENTRIES = /^(create_app|make_app|get_app|build_app|app_factory|create_application|get_application|lifespan|startup|on_startup|ready|main|__post_init__|model_post_init|configure|init_app)$/;
const HOOKS = /(^|\.)(on_event|before_first_request|before_serving|while_serving|model_validator|field_validator|root_validator|validator|asynccontextmanager|cli\.command|command|computed_field|after_initialization)$/;

export class Reach {
  private readonly running = new Set<string>();

  constructor(modules: readonly Module[]) {
    const byName = new Map<string, { module: Module; func: Func }>();
    const byMethod = new Map<string, string[]>();
    for (const module of modules) {
      for (const func of module.functions) {
        const name = qualified(module, func.scope, func.name);
        byName.set(name, { module, func });
        byMethod.set(func.name, [...(byMethod.get(func.name) ?? []), name]);
      }
    }
    const queue: string[] = [];
    const start = (name: string) => { if (!this.running.has(name)) { this.running.add(name); queue.push(name); } };
    const call = (callee: string) => {
      if (byName.has(callee)) start(callee);
      const constructor = `${callee}.__init__`;
      if (byName.has(constructor)) start(constructor);
      // A method of an object of unknown class: by its name, when only one function of the project has it.
      const sameName = byMethod.get(callee.slice(callee.lastIndexOf('.') + 1));
      if (callee.includes('.') && sameName?.length === 1 && sameName[0]) start(sameName[0]);
    };
    for (const module of modules) {
      for (const callee of module.does) call(callee);
      for (const func of module.functions) {
        if (ENTRIES.test(func.name) || func.decorators.some((each) => HOOKS.test(each.name))) start(qualified(module, func.scope, func.name));
      }
    }
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const callee of byName.get(next)?.func.does ?? []) call(callee);
    }
  }

  /** Whether the code at this place runs when the application starts, as far as the project shows. */
  runs(standing: Standing, module: Module): boolean {
    if (!standing.scope) return true;
    if (classByPath(module, standing.scope)) return true;
    return this.running.has(`${module.name}.${standing.scope}`);
  }
}

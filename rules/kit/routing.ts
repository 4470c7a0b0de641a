/** What one file says of how routes hang together. The project joins it over all files: see `Project.routes`. */
import type { Standing } from './module';
import type { Keyword, Value } from './value';

export interface Routing {
  readonly owners: readonly RouteOwner[];
  readonly mounts: readonly RouteMount[];
  readonly entries: readonly RouteEntry[];
  readonly hooks: readonly RouteHook[];
}

/** Something that routes hang on: an application, a blueprint, a router, a namespace, a list of URLs. */
export interface RouteOwner extends Standing {
  /** Its own qualified name, whatever it was made by: `shop.auth.bp`, `shop.create_app.app`, `shop.urls.urlpatterns`. */
  readonly name: string;
  /** What makes it: `flask.Blueprint`; `list` for lists of URLs. */
  readonly made: string;
  readonly prefix?: Value;
  /** Qualified names of what must pass before any of its handlers runs. */
  readonly gates: readonly string[];
}

/** An owner given to another: `app.register_blueprint(bp)`, `router.include_router(other)`, `path("shop/", include("shop.urls"))`. */
export interface RouteMount extends Standing {
  readonly parent: string;
  readonly child: string;
  readonly prefix?: Value;
  /** The prefix stands in place of the child's own, as in Flask, and not in front of it. */
  readonly replaces: boolean;
  readonly gates: readonly string[];
}

/** A route written without a decorator: `add_url_rule`, `add_resource`, `path`, `Route`, `router.register`. */
export interface RouteEntry extends Standing {
  readonly owner: string;
  readonly framework: string;
  readonly path: Value;
  /** Upper case; undefined where the entry does not say. */
  readonly methods?: readonly string[];
  /** Qualified name of the view, function or class; empty for a lambda. */
  readonly target: string;
  /** What is wrapped around it: `login_required(view)`. */
  readonly gates: readonly string[];
  /** Arguments of `as_view`. */
  readonly keywords: readonly Keyword[];
  readonly targetAt: { readonly start: number; readonly end: number };
  /** A set of routes with the methods its class has, as REST framework's routers make them. */
  readonly set: boolean;
}

/** A function or a middleware that runs before handlers. */
export interface RouteHook extends Standing {
  readonly owner: string;
  /** It runs before every handler of the application, not only those of its owner. */
  readonly everywhere: boolean;
  /** Qualified name of the function or the class. */
  readonly runs: string;
}

/** Of a file that says nothing of routes. */
export const NO_ROUTING: Routing = { owners: [], mounts: [], entries: [], hooks: [] };

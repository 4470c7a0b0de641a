// Shipworthy in the oldest VS Code that it promises to run in; see newest.test.mjs.
import { decisions } from './decisions.mjs';
import { driven } from './driven.mjs';

driven('oldest');
decisions('oldest');

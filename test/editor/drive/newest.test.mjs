// Shipworthy in the newest VS Code. A file for each host, so that mocha can run both at once.
//   npx mocha test/editor/drive/newest.test.mjs
// $SHIPWORTHY_VSIX: another package than shipworthy.vsix in the root. $SHIPWORTHY_SHOTS: another folder for pictures of failures than out/failures.
import { decisions } from './decisions.mjs';
import { driven } from './driven.mjs';

driven('newest');
decisions('newest');

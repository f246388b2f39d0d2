/** The password of an encrypted PDF, by the name of an environment variable: an argument would be seen by everybody on the machine. */
import { type Arguments, fromEnvironment, type Option } from './arguments.ts';

export const PASSWORD_OPTION: Readonly<Record<string, Option>> = {
  'password-env': { value: 'VAR', help: 'environment variable that holds the password of an encrypted PDF' },
};

/** The options of the library that hold it. Throws `Usage` where the variable is not set. */
export function passwordFrom(args: Arguments): { readonly password?: string } {
  const password = fromEnvironment(args, 'password-env');
  return password === undefined ? {} : { password };
}

/** The packaged program against what machines do to it: killed, frozen, deserted by its broker. */
package io.thalweg.faults;

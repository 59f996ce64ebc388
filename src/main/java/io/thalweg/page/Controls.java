package io.thalweg.page;

import java.util.function.Predicate;

/**
 * What makes a page one that commands.
 *
 * @param token tells whether the token that is shown is the right one, in constant time
 * @param commands where commands go
 */
public record Controls(Predicate<String> token, Commands commands) {}

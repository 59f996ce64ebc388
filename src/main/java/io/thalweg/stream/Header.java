package io.thalweg.stream;

/**
 * One header of a record.
 *
 * @param key its name
 * @param value its bytes, not copied
 */
public record Header(String key, byte[] value) {}

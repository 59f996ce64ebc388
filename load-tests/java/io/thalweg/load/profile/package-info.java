/** Where the CPU goes: sampled stacks, flame graphs, shares. */
@NullMarked
package io.thalweg.load.profile;

import org.jspecify.annotations.NullMarked;

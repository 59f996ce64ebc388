package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a user reads about a method before naming it in a job.
 *
 * @param id name in the job file
 * @param summary one sentence
 * @param paper source, algorithm number included
 * @param needs capabilities per hypergradient option ("" where the method has no such option)
 * @param parameters its keys with ranges and defaults
 * @param whenToUse one sentence
 */
public record MethodInfo(
    String id,
    String summary,
    String paper,
    Map<String, Set<Capability>> needs,
    List<Parameter> parameters,
    String whenToUse) {}

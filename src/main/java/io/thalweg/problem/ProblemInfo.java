package io.thalweg.problem;

import io.thalweg.settings.Parameter;
import java.util.List;

/**
 * What a user reads about a problem before naming it in a job.
 *
 * @param id name in the job file
 * @param summary one sentence with the formulas of f and g
 * @param source paper or section it comes from
 * @param parameters its keys with ranges and defaults
 * @param lowerExample one lower sample as JSON, empty where there is no lower level
 * @param upperExample one upper sample as JSON
 */
public record ProblemInfo(
    String id,
    String summary,
    String source,
    List<Parameter> parameters,
    String lowerExample,
    String upperExample) {}

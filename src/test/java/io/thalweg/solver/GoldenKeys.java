package io.thalweg.solver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code params} of a golden trajectory as keys of a job file. Every parameter must be known:
 * one that is overlooked would leave a default in its place.
 */
public final class GoldenKeys {
  /** Names of the files, by method, and ours; the same name stands for itself. */
  private static final Map<String, Map<String, String>> KEYS =
      Map.of(
          "bome",
          Map.of(
              "lr_x",
              "lr-x",
              "lr_y",
              "lr-y",
              "lr_inner",
              "lr-inner",
              "T",
              "T",
              "eta",
              "eta",
              "phi",
              "phi",
              "guard",
              "guard"),
          "v-pbgd",
          Map.of(
              "alpha", "alpha", "beta", "beta", "gamma", "gamma", "T", "T", "start", "start",
              "rescale", "rescale"),
          "v-pbsgd",
          Map.of("alpha", "alpha", "beta", "beta", "gamma", "gamma", "T", "T", "start", "start"),
          "galet",
          Map.of(
              "alpha", "alpha", "beta", "beta", "rho", "rho", "N", "N", "T", "T", "warm", "warm"),
          "bvfsm",
          Map.of(
              "lr_x", "lr-x", "lr_y", "lr-y", "lr_z", "lr-z", "kz", "kz", "ky", "ky", "mu2", "mu2",
              "th2", "theta2", "sig", "sigma", "offset", "offset"),
          "bvfim",
          Map.of("lx", "lr-x", "ly", "lr-y", "lz", "lr-z", "kz", "kz", "ky", "ky"),
          "bgs-opt",
          Map.of(
              "alpha", "alpha", "beta", "beta", "rho", "rho", "delta", "delta", "N", "N", "M", "M"),
          "f2sa",
          Map.of(
              "T", "T", "alpha", "alpha", "gamma", "gamma", "xi", "xi", "lam0", "lambda0", "delta",
              "delta", "growth", "growth"));

  /** What describes the run and not the method. */
  private static final List<String> RUN = List.of("outer", "inner", "dec", "K", "rng_start", "pen");

  private static final Pattern RAMP = Pattern.compile("min\\(pen, pen/([0-9]+)\\*\\(t-1\\)\\)");

  private GoldenKeys() {}

  public static Map<String, Object> of(String method, JsonNode params) {
    Map<String, String> known = KEYS.get(method);
    Map<String, Object> out = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    params
        .properties()
        .forEach(
            e -> {
              if (e.getKey().equals("gamma") && e.getValue().isTextual()) {
                Matcher ramp = RAMP.matcher(e.getValue().asText());
                if (!ramp.matches()) {
                  throw new AssertionError(e.getValue());
                }
                out.put("ramp", Integer.parseInt(ramp.group(1)));
                out.put("gamma", params.get("pen").doubleValue());
              } else if (known.containsKey(e.getKey())) {
                out.put(known.get(e.getKey()), value(e.getValue()));
              } else if (!RUN.contains(e.getKey())) {
                unknown.add(e.getKey());
              }
            });
    if (!unknown.isEmpty()) {
      throw new AssertionError("parameters of " + method + " without a key: " + unknown);
    }
    return out;
  }

  private static Object value(JsonNode node) {
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    return node.isTextual() ? node.asText() : node.numberValue();
  }
}

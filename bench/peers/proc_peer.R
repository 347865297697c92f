# R's pROC doing what our evaluation does: one JSON line in, one out. Base R alone reads what bench/statistics-beside.ts
# sends, so that no package is needed but pROC; what a run times is the work alone.
suppressMessages(library(pROC))

prepared <- list()

# What stands between a mark and the next other one; no regular expression, since lines have megabytes.
between <- function(line, from, to) {
  start <- regexpr(from, line, fixed = TRUE)
  if (start < 0) stop(sprintf("expected %s in the request, got none", from))
  # Unless it is told otherwise, substring ends after a million characters.
  rest <- substring(line, start + nchar(from), nchar(line))
  substring(rest, 1, regexpr(to, rest, fixed = TRUE) - 1)
}
text_of <- function(line, key) between(line, paste0('"', key, '":"'), '"')
parts_of <- function(line, key) {
  strsplit(between(line, paste0('"', key, '":['), "]"), ",", fixed = TRUE)[[1]]
}
# A list of lists of places, which begin at 0.
places_of <- function(line, key) {
  inner <- between(line, paste0('"', key, '":[['), "]]")
  lapply(strsplit(inner, "],[", fixed = TRUE)[[1]], function(one) {
    as.integer(strsplit(one, ",", fixed = TRUE)[[1]]) + 1L
  })
}

curve_of <- function(positive, scores) {
  roc(positive, scores, levels = c(FALSE, TRUE), direction = "<", quiet = TRUE)
}

prepare <- function(line) {
  prepared$scores <<- as.numeric(parts_of(line, "scores"))
  prepared$positive <<- parts_of(line, "positive") == "true"
  if (grepl('"resamples"', line, fixed = TRUE)) prepared$resamples <<- places_of(line, "resamples")
}

# The area and its standard error after DeLong, as ours gives both.
deviation <- function() {
  curve <- curve_of(prepared$positive, prepared$scores)
  sqrt(var(curve, method = "delong"))
}

bootstrap <- function() {
  areas <- vapply(prepared$resamples, function(drawn) {
    as.numeric(auc(curve_of(prepared$positive[drawn], prepared$scores[drawn])))
  }, numeric(1))
  quantile(areas, 0.025, names = FALSE)
}

answer <- function(line) {
  action <- text_of(line, "action")
  if (action == "hello") {
    return(sprintf('{"R":"%s","pROC":"%s"}', as.character(getRversion()), as.character(packageVersion("pROC"))))
  }
  if (action == "prepare") {
    prepare(line)
    return("{}")
  }
  work <- list(deviation = deviation, bootstrap = bootstrap)[[text_of(line, "work")]]
  start <- Sys.time()
  value <- work()
  ms <- 1000 * as.numeric(difftime(Sys.time(), start, units = "secs"))
  sprintf('{"ms":%.6f,"value":%.17g}', ms, value)
}

input <- file("stdin", open = "r")
repeat {
  line <- readLines(input, n = 1)
  if (length(line) == 0) break
  said <- tryCatch(answer(line), error = function(error) {
    sprintf('{"error":%s}', deparse(conditionMessage(error)))
  })
  cat(said, "\n", sep = "")
  flush(stdout())
}

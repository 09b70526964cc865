-- What wrk asks, and what it says at the end.
-- Arguments: the path, and for new questions the number that its NNN counts up from.
local path, number, same

function init(arguments)
    path, number = arguments[1], tonumber(arguments[2])
    if not number then
        same = wrk.format("GET", path)
    end
end

function request()
    if same then
        return same
    end
    number = number + 1
    return wrk.format("GET", (path:gsub("NNN", string.format("%d", number))))
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "errors": %d}\n',
        summary.requests, summary.duration / 1e6,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout
    ))
end

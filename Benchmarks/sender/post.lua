-- The request that wrk repeats: the sender's headers, and a body that makes it as long as the sender's.
-- One argument: bytes of a whole request.

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Shopify-Hmac-Sha256"] = string.rep("a", 44)
wrk.headers["webhook-id"] = "0f9c1d7e-5b1e-8d0a-9f55-6a0b6c0f3b21"
wrk.headers["webhook-timestamp"] = "1764100000"
wrk.headers["webhook-signature"] = "v1," .. string.rep("a", 44)
wrk.headers["Idempotency-Key"] = "0f9c1d7e-5b1e-8d0a-9f55-6a0b6c0f3b21"

function init(args)
    local wanted = tonumber(args[1])
    -- Near the wanted length first, so that Content-Length has its digits.
    wrk.body = string.rep("x", wanted - 400)
    wrk.body = string.rep("x", #wrk.body + wanted - #wrk.format())
end

import Connectors
import Flow
import Liquid
import Pipeline

@testable import Outgoing
@testable import Registry
@testable import sluice

extension FuzzTarget {
    static let texts = [url, address, id, path, duration, change, moment, name, reason]

    private static let url = FuzzTarget(
        name: "url",
        samples: [
            FuzzInput("https://app.example:8443/flow/run?x=1&y=%20"),
            FuzzInput("http://127.0.0.1:9090/flow/slack"),
            FuzzInput("https://[2001:db8::1]:443/a"), FuzzInput("HTTPS://Xn--bcher-kva.example"),
        ]
    ) { input in
        _ = Endpoint.origin(of: input.text)
        _ = Endpoint.fault(in: input.text, allowsInsecure: false)
        guard let url = try? RequestURL(input.text) else { return false }
        let scheme = url.destination.isSecure ? "https" : "http"
        let again = "\(scheme)://\(url.authority)\(url.target)"
        // Percent-encoded it may be longer than a URL may be.
        guard again.utf8.count <= 8_192 else { return true }
        try expectSame(try? RequestURL(again), url, "a URL")
        return true
    }

    private static let address = FuzzTarget(
        name: "address",
        samples: [
            FuzzInput("127.0.0.1"), FuzzInput("::ffff:10.0.0.1"), FuzzInput("2001:db8::/32"),
            FuzzInput("fe80::1"), FuzzInput("10.1.0.0/16"), FuzzInput("64:ff9b::a9fe:a9fe"),
        ]
    ) { input in
        if let range = AddressRange(input.text) {
            try expectSame(AddressRange(range.description), range, "a range")
        }
        guard let address = IPAddress(input.text) else { return AddressRange(input.text) != nil }
        try expectSame(IPAddress(address.description), address, "an address")
        _ = AddressPolicy.loopback.refusal(of: address)
        return true
    }

    private static let id = FuzzTarget(
        name: "run id",
        samples: [FuzzInput(RunID(high: 0x1234_5678_9abc_8def, low: 0x8123_4567_89ab_cdef).description)]
    ) { input in
        guard let id = RunID(input.text) else { return false }
        try expectSame(RunID(id.description), id, "an id")
        try expectSame(id.description, input.text.lowercased(), "an id's text")
        return true
    }

    private static let path = FuzzTarget(
        name: "field path",
        samples: [
            FuzzInput("trigger.searches[0].term"), FuzzInput("item.count"),
            FuzzInput("trigger['Review Title']"),
        ]
        .filter { FieldPath($0.text) != nil }
    ) { input in
        guard let path = FieldPath(input.text) else { return false }
        try expectSame(FieldPath(path.description), path, "a path")
        _ = path.value(in: ["trigger": ["searches": [["term": "x"]]], "item": 5])
        return true
    }

    private static let duration = FuzzTarget(
        name: "duration", samples: [FuzzInput("250ms"), FuzzInput("30s"), FuzzInput("3d")]
    ) { input in
        guard let duration = Duration(shortForm: input.text) else { return false }
        guard duration >= .zero, duration.milliseconds >= 0 else { throw FuzzViolation("\(duration)") }
        return true
    }

    private static let trigger = (try? Catalogue.builtIn()).flatMap {
        try? $0.namedTrigger("loyaltylion/moved-up-tier")
    }

    private static let change = FuzzTarget(
        name: "payload change",
        samples: [
            FuzzInput("customer_id=150"), FuzzInput("order.total=9.5"), FuzzInput("tags.0={\"a\":[1]}"),
        ]
    ) { input in
        guard let change = try? PayloadChange(input.text) else { return false }
        guard let trigger else { throw FuzzViolation("the catalogue can't be read") }
        for isStrict in [true, false] {
            _ = try? change.applied(
                to: ["customer_id": 1, "tags": ["x"]], of: trigger, isStrict: isStrict)
        }
        return true
    }

    private static let moment = FuzzTarget(
        name: "point in time",
        samples: [
            FuzzInput("15m"), FuzzInput("3d"), FuzzInput("2026-11-24"),
            FuzzInput("2026-11-24T10:30:00+01:00"),
        ]
    ) { input in (try? PointInTime.parse(input.text, now: 1_764_000_000_000)) != nil }

    private static let name = FuzzTarget(
        name: "dead name", samples: [FuzzInput("3/4213"), FuzzInput(RunID(high: 1, low: 2).description)]
    ) { input in (try? DeadName(input.text)) != nil }

    private static let reason = FuzzTarget(
        name: "reason pattern",
        samples: [
            FuzzInput("HTTP 503: request 4213 of 00000000-0000-8001-8000-00000000002a failed after 12.5 s"),
            FuzzInput("not sent: the endpoint leads to 10.0.0.1 (“private”)"),
        ], acceptsAll: true
    ) { input in
        let pattern = ReasonPattern.of(input.text)
        guard pattern.utf8.count < 100_000 else {
            throw FuzzViolation("a pattern of \(pattern.utf8.count) bytes")
        }
        return true
    }
}

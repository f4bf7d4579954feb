// One answer of a script: everything that a vendor may do with a request, good or bad.

import Flow
import Liquid

/// What the mock vendor does with one request.
package indirect enum ScriptedAnswer: Hashable, Sendable {
    case respond(CannedResponse)
    /// Waits first. At shutdown the rest of the wait is left out.
    case slow(Duration, then: ScriptedAnswer)
    /// The connection stays silent until the client gives up, the silence limit is over or the vendor stops.
    case noAnswer
    /// The connection is closed without an answer, and nothing is done.
    case close
    /// The vendor does what it is asked, and closes the connection without an answer.
    case lost
    /// The answer of that name that the vendor documents for the call that is asked.
    case vendor(String)

    /// 200 with `{}`, the only success that Flow knows. At a vendor's public API: what it documents as the usual answer.
    package static let ok = status(200)

    /// 502 with the HTML page that a proxy shows for a dead app.
    package static let html = ScriptedAnswer.respond(
        CannedResponse(
            status: 502, contentType: "text/html; charset=utf-8",
            body: """
                <!DOCTYPE html>
                <html><head><title>502 Bad Gateway</title><style>body { color: #333 }</style></head>
                <body><h1>Bad Gateway</h1><p>The app didn&rsquo;t answer.</p></body></html>

                """))

    /// 200 with a body that promises JSON and isn't.
    package static let garbage = ScriptedAnswer.respond(
        CannedResponse(status: 200, body: "{\"return_value\": oops"))

    /// A status with a body that fits it.
    package static func status(_ status: Int) -> ScriptedAnswer {
        .respond(CannedResponse(status: status))
    }

    package static func returnValue(_ value: JSON) -> ScriptedAnswer {
        .respond(CannedResponse(status: 200, body: JSON.object(["return_value": value]).jsonText))
    }

    /// What follows all waits.
    var last: ScriptedAnswer {
        if case .slow(_, let then) = self { then.last } else { self }
    }

    /// All its waits together.
    var delay: Duration {
        if case .slow(let delay, let then) = self { delay + then.delay } else { .zero }
    }
}

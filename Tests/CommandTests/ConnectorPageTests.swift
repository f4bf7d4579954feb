import Connectors
import Flow
import Liquid
import Testing

@testable import sluice

/// What `connectors show` says beside an app's fields.
@Suite struct ConnectorPageTests {
    private static func page(_ id: String) throws -> String {
        ConnectorPage(try Catalogue.builtIn().named(id)).text
    }

    @Test func `it names the credentials, settings, scopes and limits of a connection`() throws {
        let klaviyo = try Self.page("klaviyo")
        #expect(klaviyo.contains("the credentials of one of 2 ways:"))
        #expect(klaviyo.contains("api_key"))
        #expect(klaviyo.contains("oauth2: tokens from https://a.klaviyo.com/oauth/token"))
        #expect(klaviyo.contains("limit: 3500 requests in 60 s per connection, 290 at once"))
        #expect(klaviyo.contains("protocol: flow-action"))
        #expect(try Self.page("dotdigital").contains("SETTING"))
        #expect(
            try Self.page("loyaltylion").contains("limit of all actions: 20 requests a second per connection")
        )
        // Nothing is sent to an app that is only listened to.
        #expect(!(try Self.page("okendo").contains("connection:")))
    }

    @Test func `what is not certain has a note`() throws {
        let connectors = try Catalogue.builtIn().connectors
        for connector in connectors where !connector.actions.isEmpty {
            let page = ConnectorPage(connector).text
            let isUnsure = connector.actions.contains { $0.delivery.confidence != .high }
            let hasNote = page.contains("note: known") || page.contains("note: no public API")
            #expect(hasNote == isUnsure, "\(connector.id)")
        }
    }

    @Test func `a closed API is told of`() throws {
        #expect(try Self.page("smsbump").contains("closed on 2025-12-31"))
    }

    @Test(arguments: [
        (
            RateLimit(requests: 1, seconds: 1, property: "channel"),
            "1 request a second per connection, for each channel"
        ),
        (
            RateLimit(requests: 300, seconds: 60, scope: .connector),
            "300 requests in 60 s of all stores together"
        ),
        (
            RateLimit(requests: 2, seconds: 1, burst: 5, scope: .store),
            "2 requests a second per store, 5 at once"
        ),
    ]) func `a limit reads as a sentence`(limit: RateLimit, words: String) {
        #expect(limit.description == words)
    }

    @Test func `the JSON has the connection and the limits, too`() throws {
        let json = try Catalogue.builtIn().named("klaviyo").json
        #expect(json["connection"]?["ways"]?.arrayValue?.count == 2)
        #expect(json["actions"]?.arrayValue?.first?["limits"]?.arrayValue?.first?["requests"] == 3500)
        #expect(json["limits"] == .array([]))
    }
}

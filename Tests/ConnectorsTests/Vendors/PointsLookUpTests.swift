import Testing

@testable import Connectors

/// Looks for points that may have been granted before: how far they go.
@Suite struct PointsLookUpTests {
    @Test(arguments: [("loyaltylion", 0, 10, "&cursor=abc"), ("stamped-loyalty", 1, 20, "&page=1")])
    func `a list without end is read for so many pages of 50, and nothing is sent`(
        connector: String, before: Int, pages: Int, next: String
    ) async throws {
        let vendor = try #require(VendorFixture.all.first { $0.api.connector == connector })
        let golden = try #require(vendor.golden.first { $0.mayHaveActed })
        let attempt = try await vendor.attempt(golden) { $0.missing == nil ? nil : "endless" }
        let urls = attempt.requests.dropFirst(before).map(\.url)
        #expect(urls.count == pages)
        #expect(urls.allSatisfy { $0.contains("?limit=50") })
        #expect(urls.dropFirst().allSatisfy { $0.hasSuffix(next) })
        #expect(attempt.requests.allSatisfy { $0.method == "GET" })
    }
}

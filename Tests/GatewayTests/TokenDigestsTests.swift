import Flow
import Registry
import Testing

@testable import Gateway

@Suite struct TokenDigestsTests {
    private let box: SecretBox

    init() throws {
        box = try SecretBox(keys: SecretBox.generateKey())
    }

    @Test func `a sealed token is opened once`() throws {
        let digests = TokenDigests()
        let sealed = try box.seal("a-token", for: "loox@*")
        let other = try SecretBox(keys: SecretBox.generateKey())
        for box in [box, other] {
            let digest = digests.digest(of: sealed, for: "loox@*", in: box) { Issue.record("\($0)") }
            #expect(digest == TokenDigests.digest(of: "a-token"))
            #expect(digest != TokenDigests.digest(of: "another"))
        }
        #expect(digests.count == 1)
    }

    @Test func `what can't be opened is told once, and stays of no use`() throws {
        let digests = TokenDigests()
        let sealed = try box.seal("a-token", for: "loox@*")
        var notes = 0
        for _ in 0..<3 {
            // Sealed for another connection.
            let digest = digests.digest(of: sealed, for: "loox@tea-house.myshopify.com", in: box) { _ in
                notes += 1
            }
            #expect(digest == nil)
        }
        #expect(notes == 1)
        #expect(digests.digest(of: sealed, for: "loox@*", in: box) { Issue.record("\($0)") } != nil)
    }

    @Test func `there are no more of them than the limit`() throws {
        let digests = TokenDigests(limit: 3)
        for number in 0..<10 {
            let sealed = try box.seal("token-\(number)", for: "loox@*")
            let digest = digests.digest(of: sealed, for: "loox@*", in: box) { Issue.record("\($0)") }
            #expect(digest == TokenDigests.digest(of: "token-\(number)"))
            #expect(digests.count <= 3)
        }
    }
}

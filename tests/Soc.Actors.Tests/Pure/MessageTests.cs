using CsCheck;
using MessagePack;
using Soc.Actors.Messages;
using Soc.Devices;
using Soc.Memory;

namespace Soc.Actors.Tests.Pure;

public class MessageTests
{
    private static readonly Gen<AccessKind> s_kinds = Gen.Enum<AccessKind>();
    private static readonly Gen<AccessKinds> s_kindSets = Gen.Byte[0, (byte)AccessKinds.All].Select(bits => (AccessKinds)bits);
    private static readonly Gen<AccessResult> s_results = Gen.Enum<AccessResult>();
    private static readonly Gen<HartInterruptLine> s_lines = Gen.Enum<HartInterruptLine>();

    private static readonly Gen<IAgentMessage> s_messages = Gen.OneOf<IAgentMessage>(
        Gen.Select(Gen.Int, Gen.ULong, Gen.Int, s_kinds, Gen.ULong, Gen.ULong, Gen.ULong)
            .Select(x => (IAgentMessage)new RegisterAccess(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5, x.Item6, x.Item7)),
        Gen.Select(s_results, Gen.ULong, Gen.ULong).Select(x => (IAgentMessage)new RegisterDone(x.Item1, x.Item2, x.Item3)),
        Gen.Select(Gen.ULong, Gen.Int, Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong, s_kindSets)
            .Select(x => (IAgentMessage)new Invalidate(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5, x.Item6, x.Item7)),
        Gen.Select(Gen.ULong, Gen.Int, Gen.ULong, Gen.Int, Gen.Int, Gen.Bool)
            .Select(x => (IAgentMessage)new InvalidateAck(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5, x.Item6)),
        Gen.Select(Gen.ULong, Gen.Int, Gen.ULong, s_kinds, Gen.Bool, Gen.Bool, Gen.UInt, Gen.Int)
            .Select(x => (IAgentMessage)new ViolationReport(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5, x.Item6, x.Item7, x.Item8)),
        Gen.Select(s_lines, Gen.Bool, Gen.ULong).Select(x => (IAgentMessage)new InterruptLevel(x.Item1, x.Item2, x.Item3)),
        Gen.Select(Gen.ULong, Gen.ULong).Select(x => (IAgentMessage)new TimerDeadline(x.Item1, x.Item2)),
        Gen.Select(IommuMessages.Requests, Gen.Int, Gen.Int[1, 8], Gen.ULong).Select(x => (IAgentMessage)TranslationAsk.Of(x.Item2, x.Item1, x.Item3, x.Item4)),
        Gen.Select(IommuMessages.Responses, Gen.ULong, Gen.Bool).Select(x => (IAgentMessage)TranslationDone.Of(x.Item1, x.Item2, x.Item3)),
        Gen.Select(IommuMessages.Invalidations, Gen.ULong, Gen.Int, Gen.ULong, Gen.ULong)
            .Select(x => (IAgentMessage)IommuInvalidate.Of(x.Item2, x.Item3, x.Item4, x.Item5, x.Item1)),
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int, Gen.ULong, Gen.Int, Gen.Int, Gen.Bool)
            .Select(x => (IAgentMessage)new IommuInvalidateAck(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5, x.Item6, x.Item7)),
        Gen.Select(Gen.ULong, Gen.Int, Gen.Int, Gen.ULong, Gen.ULong, Gen.UInt, Gen.Int, Gen.ULong)
            .Select(x => (IAgentMessage)new AtsInvalidate(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5, x.Item6, x.Item7, x.Item8)),
        Gen.Select(Gen.ULong, Gen.Int, Gen.UInt, Gen.Bool)
            .Select(x => (IAgentMessage)new AtsInvalidated(x.Item1, x.Item1 + 1, x.Item2, x.Item3, x.Item2 + 1, x.Item1 + 2, x.Item2 + 2, x.Item2 + 3, x.Item4)),
        Gen.Select(Gen.ULong, Gen.Int, Gen.ULong, Gen.Bool, Gen.Bool).Select(x => (IAgentMessage)new IommuDrain(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5)),
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int).Select(x => (IAgentMessage)new IommuDrained(x.Item1, x.Item2, x.Item3)),
        Gen.Select(Gen.Int, Gen.UInt, Gen.ULong, Gen.Int, Gen.Bool).Select(x => (IAgentMessage)new PageRequest(x.Item1, x.Item2, x.Item3, x.Item4, x.Item5)),
        Gen.Select(Gen.UInt, Gen.Int, Gen.Int).Select(x => (IAgentMessage)new PageResponse(x.Item1, x.Item2, x.Item3)));

    [Fact]
    public void Every_message_survives_the_wire() =>
        s_messages.Sample(message => message.Equals(MessagePackSerializer.Deserialize<IAgentMessage>(MessagePackSerializer.Serialize(message))));

    [Fact]
    public void Requests_answers_and_invalidations_of_an_IOMMU_are_the_same_on_both_sides()
    {
        IommuMessages.Requests.Sample(request => TranslationAsk.Of(0, request, 8, 0).ToRequest() == request);
        IommuMessages.Responses.Sample(response => TranslationDone.Of(response, 0, false).ToResponse() == response);
        IommuMessages.Invalidations.Sample(invalidation => IommuInvalidate.Of(0, 0, 0, 0, invalidation).ToInvalidation() == invalidation);
    }

    [Fact]
    public void Every_message_type_is_in_the_union()
    {
        Type[] messages = [.. typeof(IAgentMessage).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IAgentMessage)))];
        Type[] union = [.. typeof(IAgentMessage).GetCustomAttributes(false).OfType<UnionAttribute>().Select(entry => entry.SubType)];

        Assert.Equal(messages.OrderBy(type => type.Name), union.OrderBy(type => type.Name));
    }
}

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
        Gen.Select(Gen.ULong, Gen.ULong).Select(x => (IAgentMessage)new TimerDeadline(x.Item1, x.Item2)));

    [Fact]
    public void Every_message_survives_the_wire() =>
        s_messages.Sample(message => message.Equals(MessagePackSerializer.Deserialize<IAgentMessage>(MessagePackSerializer.Serialize(message))));

    [Fact]
    public void Every_message_type_is_in_the_union()
    {
        Type[] messages = [.. typeof(IAgentMessage).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IAgentMessage)))];
        Type[] union = [.. typeof(IAgentMessage).GetCustomAttributes(false).OfType<UnionAttribute>().Select(entry => entry.SubType)];

        Assert.Equal(messages.OrderBy(type => type.Name), union.OrderBy(type => type.Name));
    }
}

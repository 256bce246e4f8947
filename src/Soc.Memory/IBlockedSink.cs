namespace Soc.Memory;

/// <summary>The device that answers for refused accesses: a checker's blocked sink.</summary>
public interface IBlockedSink : IBusDevice;

//! shenyan-cli
